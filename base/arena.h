/* arena.h: memory with one lifetime (a statement, a query, a batch), freed all at once.
 *
 * Nothing inside is freed singly; the owner resets or releases the arena. An arena is an
 * argument, never a global. Thread: one at a time. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/status.h"
#include "base/text.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunk; /* newest; older ones are linked behind it */
    char *next;
    char *end;
    size_t chunk_bytes; /* size of the next chunk to ask for */
};

void arena_init(struct arena *arena);
/* Frees everything; the arena may be used again. */
void arena_release(struct arena *arena);
/* Empties the arena and keeps its largest chunk for the next round. */
void arena_reset(struct arena *arena);

void *arena_alloc_slow(struct arena *arena, size_t bytes);

/* 16-byte aligned, not zeroed; NULL when memory is out. */
static inline void *arena_alloc(struct arena *arena, size_t bytes)
{
    const size_t rounded = (bytes + 15U) & ~(size_t)15U;
    if (rounded >= bytes && arena->next && rounded <= (size_t)(arena->end - arena->next)) {
        char *block = arena->next;
        arena->next += rounded;
        return block;
    }
    return arena_alloc_slow(arena, bytes);
}

/* As arena_alloc, zeroed. */
void *arena_zalloc(struct arena *arena, size_t bytes);

/* count * size, checked for overflow; not zeroed. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A copy with a final NUL (not counted in bytes). data is NULL when memory is out. */
struct text arena_text(struct arena *arena, struct text text);
/* printf into the arena; data is NULL when memory is out. */
struct text arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#define ARENA_NEW(arena, type) ((type *)arena_zalloc((arena), sizeof(type)))

/* Bytes held from the allocator, for budgets. */
size_t arena_bytes(const struct arena *arena);

#endif
