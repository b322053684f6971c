/* CPython 3.11 inside a WebAssembly module of Kubewarden: what starts it and what calls it.
 *
 * Exports, besides `memory`:
 *   initialize  starts the interpreter, imports the application and calls its rehearse(), if it has one, with input on
 *               STDIN; runs once, when the first snapshot is made.
 *               Its argv is {program, first module, application module, search folder, …}.
 *   watch, place  come before initialize, when the builder wants to know, or to say, where blocks lie.
 *   prepare     calls the application's prepare(); runs before a further snapshot, so that what it loads (it may read
 *               STDIN) is in the memory of the result. Kept in the finished module.
 *   resume      one request: calls the application's main(argv) and exits with what it returns. The snapshot makes it
 *               `_start`.
 * Imports: wasi_snapshot_preview1 and host.call.
 *
 * Memory that is freed before a snapshot is cleared, because whatever is not zero becomes part of the module's file.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void __wasm_call_ctors(void);

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* Small blocks come from spans of one size class, without a header; a table says which class a span has. Larger ones come
 * from malloc. Denser than malloc alone (a third of CPython's memory is objects below 40 bytes), and faster. */
enum { STEP = 8, LARGEST_SMALL = 512, CLASSES = LARGEST_SMALL / STEP + 1, SPAN = 2048, SPANS = 1 << 19, PAGES = 4 };

static unsigned char class_of[SPANS]; /* 0: not ours */
static void *free_blocks[CLASSES];    /* each holds the next */
static char *next_block[CLASSES], *end_of_span[CLASSES];
static char *next_span, *end_of_spans;
static int clearing; /* true while a snapshot is being made */

/* What a request touches lies side by side, so that it touches few pages. The start-up is the same each time: the builder
 * runs it once watched, to learn which allocations (counted from 1) requests touch, and once more with a place for each of
 * these. Places are in one region; what is there has no header, is never cleared, and its place is not used again. */
typedef struct {
  unsigned number, size;
} Block;
typedef struct {
  unsigned number, size;
  char *address;
} Place;

static unsigned allocations;
static Block *notes, *end_of_notes; /* while watched: for each step of the memory behind them, the block that begins there */
static Place *next_place, *end_of_places;
static char *region, *end_of_region;

static int is_placed(const void *block) { return (const char *)block >= region && (const char *)block < end_of_region; }

static unsigned class_at(const void *block) {
  size_t span = (size_t)block / SPAN;
  return span < SPANS ? class_of[span] : 0;
}

static void *allocate_in_new_span(unsigned class) {
  if (next_span == end_of_spans) {
    size_t page = __builtin_wasm_memory_grow(0, PAGES);
    if (page == (size_t)-1 || (page + PAGES) * 65536 > (size_t)SPANS * SPAN) return malloc(class * STEP);
    next_span = (char *)(page * 65536);
    end_of_spans = next_span + PAGES * 65536;
  }
  char *block = next_span;
  class_of[(size_t)block / SPAN] = (unsigned char)class;
  next_span += SPAN;
  next_block[class] = block + class * STEP;
  end_of_span[class] = next_span;
  return block;
}

static void *allocate_anywhere(size_t size) {
  if (size > LARGEST_SMALL) return malloc(size);
  unsigned class = size ? (unsigned)((size + STEP - 1) / STEP) : 1;
  void *block = free_blocks[class];
  if (block) {
    free_blocks[class] = *(void **)block;
    return block;
  }
  if (end_of_span[class] - next_block[class] < (ptrdiff_t)(class * STEP)) return allocate_in_new_span(class);
  block = next_block[class];
  next_block[class] += class * STEP;
  return block;
}

/* The place of this allocation, NULL when it has none or (a start-up that differs) does not fit into it. */
static void *take_place(size_t size) {
  if (next_place == end_of_places || next_place->number != allocations) return NULL;
  Place *place = next_place++;
  if (size > place->size) return NULL;
  char *address = place->address;
  *place = (Place){0};
  return address;
}

static void note(void *block, unsigned number, size_t size) {
  size_t step = ((size_t)block - (size_t)end_of_notes) / STEP; /* huge for a block before them */
  if (step < (size_t)(end_of_notes - notes)) notes[step] = (Block){number, (unsigned)size};
}

static void *allocate(void *context, size_t size) {
  (void)context;
  if (!clearing) return allocate_anywhere(size);
  allocations++;
  void *block = take_place(size);
  if (!block) block = allocate_anywhere(size);
  note(block, allocations, size);
  return block;
}

static void *allocate_cleared(void *context, size_t count, size_t size) {
  if (size && count > PTRDIFF_MAX / size) return NULL;
  if (!clearing && count * size > LARGEST_SMALL) return calloc(count, size);
  void *block = allocate(context, count * size);
  return block ? memset(block, 0, count * size) : NULL;
}

static void release(void *context, void *block) {
  (void)context;
  if (!block || is_placed(block)) return;
  unsigned class = class_at(block);
  if (clearing) {
    memset(block, 0, class ? class * STEP : malloc_usable_size(block));
    note(block, 0, 0);
  }
  if (!class) {
    free(block);
    return;
  }
  *(void **)block = free_blocks[class];
  free_blocks[class] = block;
}

/* Of a placed block the size is not known: not more than up to the end of the region. */
static size_t held_by(void *block, unsigned class) {
  if (class) return class * STEP;
  return is_placed(block) ? (size_t)(end_of_region - (char *)block) : malloc_usable_size(block);
}

static void *reallocate(void *context, void *block, size_t size) {
  if (!block) return allocate(context, size);
  unsigned class = class_at(block);
  if (!class && !is_placed(block) && size > LARGEST_SMALL && !clearing) return realloc(block, size);
  size_t held = held_by(block, class);
  if (class && !clearing && size <= held && size + STEP > held) return block;
  void *moved = allocate(context, size);
  if (!moved) return NULL;
  memcpy(moved, block, held < size ? held : size);
  release(context, block);
  return moved;
}

static void set_allocators(void) {
  PyMemAllocatorEx allocators = {NULL, allocate, allocate_cleared, reallocate, release};
  PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &allocators);
  PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &allocators);
  PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &allocators);
}

/* Requests take new blocks from memory that is all theirs instead of the gaps between objects of the snapshot: fewer
 * pages are touched. */
static void forget_free_blocks(void) {
  for (int class = 0; class < CLASSES; class++) {
    next_block[class] = end_of_span[class] = NULL;
    void *block = free_blocks[class];
    while (block) {
      void *following = *(void **)block;
      *(void **)block = NULL;
      block = following;
    }
    free_blocks[class] = NULL;
  }
}

static void *grow(size_t size) {
  return (void *)(__builtin_wasm_memory_grow(0, (size + 65535) / 65536) * 65536);
}

/* Before initialize: have blocks noted in a table for so many steps; its address. */
__attribute__((export_name("watch"))) Block *watch(size_t count) {
  notes = grow(count * sizeof(Block));
  end_of_notes = notes + count;
  return notes;
}

/* Before initialize: a region of so many bytes; its address. */
__attribute__((export_name("reserve"))) char *reserve(size_t size) {
  region = grow(size);
  end_of_region = region + size;
  return region;
}

/* Before initialize: the address for so many places, which are in the region, ascending by number. */
__attribute__((export_name("place"))) Place *place(size_t count) {
  next_place = grow(count * sizeof(Place));
  end_of_places = next_place + count;
  return next_place;
}

/* The dead part of the C stack, which lies at the bottom of memory (--stack-first) and grows downwards. */
static __attribute__((noinline)) void clear_stack(void) {
  char *here = __builtin_frame_address(0);
  memset((char *)16, 0, (size_t)(here - 256) - 16);
}

/* ---- host.call --------------------------------------------------------------------------------------------------- */

__attribute__((import_module("host"), import_name("call"))) int host_call(
    const char *binding, int binding_length, const char *namespace, int namespace_length, const char *operation,
    int operation_length, const char *payload, int payload_length);

static PyObject *kwhost_call(PyObject *module, PyObject *args) {
  Py_buffer binding, namespace, operation, payload;
  (void)module;
  if (!PyArg_ParseTuple(args, "y*y*y*y*", &binding, &namespace, &operation, &payload)) return NULL;
  int code = host_call(binding.buf, (int)binding.len, namespace.buf, (int)namespace.len, operation.buf,
                       (int)operation.len, payload.buf, (int)payload.len);
  PyBuffer_Release(&binding);
  PyBuffer_Release(&namespace);
  PyBuffer_Release(&operation);
  PyBuffer_Release(&payload);
  return PyLong_FromLong(code);
}

static PyMethodDef kwhost_methods[] = {
    {"call", kwhost_call, METH_VARARGS,
     "call(binding, namespace, operation, payload), all bytes: 0 or 1; the answer follows on STDIN."},
    {NULL, NULL, 0, NULL}};
static struct PyModuleDef kwhost_module = {PyModuleDef_HEAD_INIT, "_kwhost", NULL, -1, kwhost_methods,
                                           NULL, NULL, NULL, NULL};

PyObject *PyInit__kwhost(void) { return PyModule_Create(&kwhost_module); }

/* ---- argv -------------------------------------------------------------------------------------------------------- */

__attribute__((import_module("wasi_snapshot_preview1"), import_name("args_sizes_get"))) int args_sizes_get(int *count,
                                                                                                       int *size);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("args_get"))) int args_get(char **argv, char *text);

/* argv is asked of the host afresh each time: that of the snapshot is not that of a request. */
static char **read_argv(int *count) {
  int size;
  if (args_sizes_get(count, &size)) abort();
  char **argv = calloc((size_t)*count + 1, sizeof(char *));
  if (args_get(argv, malloc((size_t)size + 1))) abort();
  return argv;
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static PyObject *application;

static void fail(const char *what) {
  if (PyErr_Occurred()) PyErr_Print();
  PySys_WriteStderr("%s\n", what);
  _exit(70);
}

static void check(PyStatus status) {
  if (!PyStatus_Exception(status)) return;
  const char *text = status.err_msg ? status.err_msg : "the interpreter does not start";
  write(2, text, strlen(text));
  _exit(70);
}

static void start_interpreter(int folders, char **folder) {
  PyPreConfig before;
  PyPreConfig_InitIsolatedConfig(&before);
  before.utf8_mode = 1;
  check(Py_PreInitialize(&before));

  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.site_import = 0;
  config.use_hash_seed = 1;
  config.hash_seed = 0;
  config.write_bytecode = 0;
  config.install_signal_handlers = 0;
  config.optimization_level = 2;
  config.module_search_paths_set = 1;
  check(PyConfig_SetString(&config, &config.home, L"/"));
  check(PyConfig_SetString(&config, &config.program_name, L"policy"));
  for (int i = 0; i < folders; i++) {
    wchar_t *path = Py_DecodeLocale(folder[i], NULL);
    check(PyWideStringList_Append(&config.module_search_paths, path));
    PyMem_RawFree(path);
  }
  check(Py_InitializeFromConfig(&config));
  PyConfig_Clear(&config);
}

static void call_gc(PyObject *collector, const char *name) {
  PyObject *answer = PyObject_CallMethod(collector, name, NULL);
  if (!answer) fail("the collector fails");
  Py_DECREF(answer);
}

/* Leave nothing behind that the snapshot need not hold, nothing for the collector to look at, and nowhere to print to:
 * STDOUT is for the answer, and a host shows STDERR to the user. (In C: the result has no compiler for Python.) */
static void settle(void) {
  PyDict_Clear(PySys_GetObject("path_importer_cache"));
  PySys_SetObject("stdin", Py_None);
  PySys_SetObject("stdout", Py_None);
  PySys_SetObject("stderr", Py_None);
  PyObject *collector = PyImport_ImportModule("gc");
  if (!collector) fail("there is no collector");
  call_gc(collector, "collect");
  call_gc(collector, "freeze");
  call_gc(collector, "disable");
  Py_DECREF(collector);
  clearing = 0;
  end_of_notes = notes;
  end_of_places = next_place;
  forget_free_blocks();
}

__attribute__((export_name("initialize"))) void initialize(void) {
  clearing = 1;
  __wasm_call_ctors();
  set_allocators();
  int argc;
  char **argv = read_argv(&argc);
  if (argc < 4) fail("argv must be: program, first module, application module, search folder, …");
  start_interpreter(argc - 3, argv + 3);
  if (!PyImport_ImportModule(argv[1])) fail("what comes before the application cannot be imported");
  application = PyImport_ImportModule(argv[2]);
  if (!application) fail("the application cannot be imported");
  if (PyObject_HasAttrString(application, "rehearse")) {
    PyObject *answer = PyObject_CallMethod(application, "rehearse", NULL);
    if (!answer) fail("the application's rehearse() failed");
    Py_DECREF(answer);
  }
  free(argv[0]);
  free(argv);
  settle();
  clear_stack();
}

__attribute__((export_name("prepare"))) void prepare(void) {
  clearing = 1;
  PySys_SetObject("stderr", PySys_GetObject("__stderr__"));
  PyObject *answer = PyObject_CallMethod(application, "prepare", NULL);
  if (!answer) fail("the application's prepare() failed");
  Py_DECREF(answer);
  settle();
  clear_stack();
}

__attribute__((export_name("resume"))) void resume(void) {
  int argc;
  char **argv = read_argv(&argc);
  PyObject *list = PyList_New(argc);
  for (int i = 0; i < argc; i++) {
    PyObject *text = PyUnicode_DecodeFSDefault(argv[i]);
    if (!text) fail("argv is not text");
    PyList_SET_ITEM(list, i, text);
  }
  PyObject *answer = PyObject_CallMethod(application, "main", "(O)", list);
  if (!answer) fail("main(argv) failed");
  _exit((int)PyLong_AsLong(answer)); /* at once: no clean-up */
}

/* The C library's start file wants one; the module is never started this way. */
int main(void) { return 70; }
