/* memory.c
 *
 * A thin cover over malloc. The failure counter is the one process-wide variable of Leat: it
 * exists so that a test can walk through every allocation of a statement and fail it, and it
 * costs one relaxed load when off.
 */
#include "base/memory.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

static atomic_uint_fast64_t allocations_until_failure; /* 0: off */

static bool allocation_must_fail(void)
{
    const uint_fast64_t left =
        atomic_load_explicit(&allocations_until_failure, memory_order_relaxed);
    if (left == 0) {
        return false;
    }
    if (left == 1) {
        return true;
    }
    atomic_store_explicit(&allocations_until_failure, left - 1, memory_order_relaxed);
    return false;
}

void *memory_alloc(size_t bytes)
{
    return allocation_must_fail() ? NULL : malloc(bytes ? bytes : 1);
}

void *memory_zalloc(size_t bytes)
{
    return allocation_must_fail() ? NULL : calloc(1, bytes ? bytes : 1);
}

void *memory_resize(void *block, size_t bytes)
{
    return allocation_must_fail() ? NULL : realloc(block, bytes ? bytes : 1);
}

void memory_free(void *block)
{
    free(block);
}

void memory_fail_after(uint64_t count)
{
    atomic_store_explicit(&allocations_until_failure, count, memory_order_relaxed);
}
