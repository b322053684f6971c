/* CPython's headers name these types; WASI has no threads and nothing here uses them. */
#ifndef KYWARDEN_STUB_PTHREAD_H
#define KYWARDEN_STUB_PTHREAD_H
typedef int pthread_t, pthread_attr_t, pthread_key_t, pthread_mutex_t, pthread_cond_t, pthread_once_t;
#endif
