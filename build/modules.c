/* CPython's table of built-in modules, with those alone that the module uses.
 *
 * It takes the place of config.o in libpython3.11.a: the linker finds the symbol here first and never opens that member,
 * so whatever is not named below stays out (codecs of CJK languages, sockets, expat, CPython's own test modules, …).
 * A C module that is missing shows at build time: the import fails while the snapshot is made.
 */
#include <Python.h>

/* name in Python, C function */
#define MODULES(M)                          \
  /* the interpreter itself */              \
  M("marshal", PyMarshal_Init)              \
  M("_imp", PyInit__imp)                    \
  M("_ast", PyInit__ast)                    \
  M("gc", PyInit_gc)                        \
  M("_warnings", _PyWarnings_Init)          \
  M("_string", PyInit__string)              \
  M("_abc", PyInit__abc)                    \
  M("_codecs", PyInit__codecs)              \
  M("_collections", PyInit__collections)    \
  M("_functools", PyInit__functools)        \
  M("_io", PyInit__io)                      \
  M("_operator", PyInit__operator)          \
  M("_sre", PyInit__sre)                    \
  M("_stat", PyInit__stat)                  \
  M("_thread", PyInit__thread)              \
  M("_weakref", PyInit__weakref)            \
  M("itertools", PyInit_itertools)          \
  M("posix", PyInit_posix)                  \
  M("time", PyInit_time)                    \
  /* behind the standard library */         \
  M("_bisect", PyInit__bisect)              \
  M("_blake2", PyInit__blake2)              \
  M("_datetime", PyInit__datetime)          \
  M("_json", PyInit__json)                  \
  M("_md5", PyInit__md5)                    \
  M("_random", PyInit__random)              \
  M("_sha1", PyInit__sha1)                  \
  M("_sha256", PyInit__sha256)              \
  M("_sha3", PyInit__sha3)                  \
  M("_sha512", PyInit__sha512)              \
  M("_struct", PyInit__struct)              \
  M("_typing", PyInit__typing)              \
  M("binascii", PyInit_binascii)            \
  M("math", PyInit_math)                    \
  /* the embedding (embed.c) */             \
  M("_kwhost", PyInit__kwhost)

#define DECLARE(name, function) extern PyObject *function(void);
#define ROW(name, function) {name, function},

MODULES(DECLARE)

struct _inittab _PyImport_Inittab[] = {
    MODULES(ROW)
    {"builtins", NULL}, /* named only for sys.builtin_module_names */
    {"sys", NULL},
    {0, 0},
};
