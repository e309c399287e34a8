/* json_block.h: finding the end of a JSON string a block at a time.
 *
 * Three ways to look at a block of bytes, picked when compiling: AVX2 (32 bytes), SSE2 (16), and
 * plain 64-bit arithmetic (8) for every other machine. Each gives a mask with JSON_BLOCK_BITS
 * bits per byte. No way reads outside [begin, end): the last, short block is read as the whole
 * block that ends at end, shifted. */
#ifndef FORMATS_JSON_BLOCK_H
#define FORMATS_JSON_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

struct json_block {
    uint64_t stop; /* bytes that end a plain run: the quote, the backslash, below 0x20 */
    uint64_t high; /* bytes of characters beyond ASCII */
};

#if defined(__AVX2__)

enum { JSON_BLOCK_BYTES = 32, JSON_BLOCK_BITS = 1 };

static inline struct json_block json_block_at(const char *at)
{
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    const __m256i quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
    const __m256i slash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
    const __m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1F)), bytes);
    const __m256i stop = _mm256_or_si256(_mm256_or_si256(quote, slash), low);
    return (struct json_block){.stop = (uint32_t)_mm256_movemask_epi8(stop),
                               .high = (uint32_t)_mm256_movemask_epi8(bytes)};
}

#elif defined(__SSE2__)

enum { JSON_BLOCK_BYTES = 16, JSON_BLOCK_BITS = 1 };

static inline struct json_block json_block_at(const char *at)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    const __m128i stop = _mm_or_si128(_mm_or_si128(quote, slash), low);
    return (struct json_block){.stop = (uint32_t)_mm_movemask_epi8(stop),
                               .high = (uint32_t)_mm_movemask_epi8(bytes)};
}

#else

enum { JSON_BLOCK_BYTES = 8, JSON_BLOCK_BITS = 8 };

#define JSON_BYTES_OF(byte) (0x0101010101010101U * (uint64_t)(byte))

/* The top bit of each byte of word that is below limit (at most 0x80); exact for every byte. */
static inline uint64_t json_bytes_below(uint64_t word, uint8_t limit)
{
    const uint64_t low_bits = word & JSON_BYTES_OF(0x7F);
    return ~((low_bits + JSON_BYTES_OF(0x80 - limit)) | word) & JSON_BYTES_OF(0x80);
}

static inline struct json_block json_block_at(const char *at)
{
    uint64_t word = 0;
    memcpy(&word, at, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return (struct json_block){.stop = json_bytes_below(word ^ JSON_BYTES_OF('"'), 1) |
                                       json_bytes_below(word ^ JSON_BYTES_OF('\\'), 1) |
                                       json_bytes_below(word, 0x20),
                               .high = word & JSON_BYTES_OF(0x80)};
}

#endif

/* The block that starts at at and is cut off at end, which is nearer than a whole block. The
 * text is longer than a block, so the block is loaded from before at and shifted. */
static inline struct json_block json_block_tail(const char *at, const char *end)
{
    const size_t extra = JSON_BLOCK_BYTES - (size_t)(end - at);
    struct json_block block = json_block_at(end - JSON_BLOCK_BYTES);
    block.stop >>= extra * JSON_BLOCK_BITS;
    block.high >>= extra * JSON_BLOCK_BITS;
    return block;
}

static inline const char *json_string_stop_short(const char *at, const char *end, bool *has_high)
{
    for (; at < end; at++) {
        const unsigned char c = (unsigned char)*at;
        if (c == '"' || c == '\\' || c < 0x20) {
            break;
        }
        *has_high |= c >= 0x80;
    }
    return at;
}

/* The first byte from at on that ends a plain run of a string (quote, backslash, control), or
 * end. Sets *has_high, never clears it, when a byte before that is not ASCII. begin is where the
 * whole text starts. */
static inline const char *json_string_stop(const char *begin, const char *at, const char *end,
                                           bool *has_high)
{
    uint64_t high = 0;
    while ((size_t)(end - at) >= JSON_BLOCK_BYTES) {
        const struct json_block block = json_block_at(at);
        if (block.stop) {
            high |= block.high & (block.stop - 1) & ~block.stop;
            *has_high |= high != 0;
            return at + (size_t)__builtin_ctzll(block.stop) / JSON_BLOCK_BITS;
        }
        high |= block.high;
        at += JSON_BLOCK_BYTES;
    }
    *has_high |= high != 0;
    if (at == end || (size_t)(end - begin) < JSON_BLOCK_BYTES) {
        return json_string_stop_short(at, end, has_high);
    }
    const struct json_block block = json_block_tail(at, end);
    if (block.stop) {
        *has_high |= (block.high & (block.stop - 1) & ~block.stop) != 0;
        return at + (size_t)__builtin_ctzll(block.stop) / JSON_BLOCK_BITS;
    }
    *has_high |= block.high != 0;
    return end;
}

#endif
