/* hash.h: the two hashes of Leat. hash_bytes is for memory only and may change between
 * versions; hash_murmur2 places records on partitions and must stay what Kafka computes. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* 64 well-mixed bits (XXH3). */
uint64_t hash_bytes(const void *data, size_t bytes);

static inline uint64_t hash_int64(uint64_t value)
{
    value ^= value >> 32;
    value *= 0x9E3779B97F4A7C15U;
    value ^= value >> 29;
    value *= 0xBF58476D1CE4E5B9U;
    return value ^ (value >> 32);
}

/* Kafka's partitioner hash (org.apache.kafka.common.utils.Utils.murmur2). */
uint32_t hash_murmur2(const void *data, size_t bytes);

/* Kafka's default partitioner: the partition of a record whose serialized key is data. */
static inline uint32_t hash_partition(const void *key, size_t bytes, uint32_t partition_count)
{
    return (hash_murmur2(key, bytes) & 0x7FFFFFFFU) % partition_count;
}

#endif
