/* crc32c.h: the checksum of everything durable (Castagnoli's polynomial, as Kafka and iSCSI use
 * it). Part of the file format, unlike base/hash.h. Thread: any. */
#ifndef STATE_CRC32C_H
#define STATE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continues crc over data; start with 0. crc32c(0, "123456789", 9) is 0xE3069283. */
uint32_t crc32c(uint32_t crc, const void *data, size_t bytes);

#endif
