/* hash.c
 *
 * XXH3 comes from its library; murmur2 is written out because Kafka's variant (seed
 * 0x9747b28c, little-endian words, signed arithmetic) is a wire format: topics written by
 * Leat must be co-partitioned with those of any Kafka client.
 */
#include "base/hash.h"

#include <string.h>
#include <xxhash.h>

uint64_t hash_bytes(const void *data, size_t bytes)
{
    return XXH3_64bits(data, bytes);
}

uint32_t hash_murmur2(const void *data, size_t bytes)
{
    const uint32_t multiplier = 0x5bd1e995U;
    const unsigned char *next = data;
    uint32_t hash = 0x9747b28cU ^ (uint32_t)bytes;
    size_t left = bytes;

    for (; left >= 4; left -= 4, next += 4) {
        uint32_t word = (uint32_t)next[0] | (uint32_t)next[1] << 8 | (uint32_t)next[2] << 16 |
                        (uint32_t)next[3] << 24;
        word *= multiplier;
        word ^= word >> 24;
        word *= multiplier;
        hash *= multiplier;
        hash ^= word;
    }
    if (left > 0) {
        uint32_t word = 0;
        memcpy(&word, next, left); /* little-endian tail */
        hash ^= word;
        hash *= multiplier;
    }
    hash ^= hash >> 13;
    hash *= multiplier;
    return hash ^ (hash >> 15);
}
