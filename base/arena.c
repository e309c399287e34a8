/* arena.c
 *
 * Chunks grow from 512 bytes to 1 MiB, by a quarter at first, because plans of thousands of queries
 * and subscribers are small and stay, then by half. A request larger than the next chunk gets a
 * chunk of its own size. arena_reset keeps the largest chunk, so that a steady workload stops
 * calling the allocator after its first round.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

enum {
    CHUNK_BYTES_MIN = 512,
    SLOW_GROWTH_BYTES = 4 << 10,
    CHUNK_BYTES_MAX = 1 << 20,
    BRIEF_TEXT_BYTES = 256
};

struct arena_chunk {
    struct arena_chunk *older;
    size_t bytes; /* of the payload */
    _Alignas(16) char data[];
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){.chunk_bytes = CHUNK_BYTES_MIN};
}

static void free_chunks(struct arena_chunk *chunk)
{
    while (chunk) {
        struct arena_chunk *older = chunk->older;
        memory_free(chunk);
        chunk = older;
    }
}

void arena_release(struct arena *arena)
{
    free_chunks(arena->chunk);
    arena_init(arena);
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk *largest = arena->chunk;
    for (struct arena_chunk *chunk = arena->chunk; chunk; chunk = chunk->older) {
        if (chunk->bytes > largest->bytes) {
            largest = chunk;
        }
    }
    struct arena_chunk *chunk = arena->chunk;
    while (chunk) {
        struct arena_chunk *older = chunk->older;
        if (chunk != largest) {
            memory_free(chunk);
        }
        chunk = older;
    }
    arena->chunk = largest;
    if (largest) {
        largest->older = NULL;
        arena->next = largest->data;
        arena->end = largest->data + largest->bytes;
    }
}

void *arena_alloc_slow(struct arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX / 2) {
        return NULL;
    }
    const size_t rounded = (bytes + 15U) & ~(size_t)15U;
    const size_t planned = arena->chunk_bytes ? arena->chunk_bytes : CHUNK_BYTES_MIN;
    const size_t size = rounded > planned ? rounded : planned;
    struct arena_chunk *chunk = memory_alloc(sizeof(*chunk) + size);
    if (!chunk) {
        return NULL;
    }
    chunk->older = arena->chunk;
    chunk->bytes = size;
    arena->chunk = chunk;
    arena->next = chunk->data + rounded;
    arena->end = chunk->data + size;
    const size_t grown = planned + (planned < SLOW_GROWTH_BYTES ? planned / 4 : planned / 2);
    arena->chunk_bytes = grown < CHUNK_BYTES_MAX ? grown : CHUNK_BYTES_MAX;
    return chunk->data;
}

void *arena_zalloc(struct arena *arena, size_t bytes)
{
    void *block = arena_alloc(arena, bytes);
    return block ? memset(block, 0, bytes) : NULL;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes = 0;
    return __builtin_mul_overflow(count, size, &bytes) ? NULL : arena_alloc(arena, bytes);
}

struct text arena_text(struct arena *arena, struct text text)
{
    char *copy = arena_alloc(arena, text.bytes + 1);
    if (!copy) {
        return (struct text){NULL, 0};
    }
    if (text.bytes) {
        memcpy(copy, text.data, text.bytes);
    }
    copy[text.bytes] = '\0';
    return (struct text){copy, text.bytes};
}

struct text arena_printf(struct arena *arena, const char *format, ...)
{
    char brief[BRIEF_TEXT_BYTES]; /* most texts are, and then are formatted once */
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(brief, sizeof(brief), format, args);
    va_end(args);
    assert(length >= 0);
    char *out = arena_alloc(arena, (size_t)length + 1);
    if (!out) {
        return (struct text){NULL, 0};
    }
    if ((size_t)length < sizeof(brief)) {
        memcpy(out, brief, (size_t)length + 1);
        return (struct text){out, (size_t)length};
    }
    va_start(args, format);
    (void)vsnprintf(out, (size_t)length + 1, format, args);
    va_end(args);
    return (struct text){out, (size_t)length};
}

size_t arena_bytes(const struct arena *arena)
{
    size_t total = 0;
    for (const struct arena_chunk *chunk = arena->chunk; chunk; chunk = chunk->older) {
        total += chunk->bytes;
    }
    return total;
}
