/* memory.h: the one door to the C allocator.
 *
 * malloc and free are called here only, so that tests can fail each allocation in turn and
 * the process can say how much it holds. Thread: any. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* NULL when memory is out. bytes may be 0: the result is then freeable and not to be read. */
void *memory_alloc(size_t bytes);
void *memory_zalloc(size_t bytes);
/* Like realloc: on NULL the old block is still owned by the caller. */
void *memory_resize(void *block, size_t bytes);
void memory_free(void *block);

/* Makes the count-th allocation from now, and every later one, fail; 0 turns this off.
 * For tests only: the setting is process-wide. */
void memory_fail_after(uint64_t count);

#endif
