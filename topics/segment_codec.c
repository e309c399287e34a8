/* segment_codec.c
 *
 * A batch in the file, all numbers little-endian:
 *
 *     u32 version, u32 record count, u32 header count,
 *     3 times (u32 raw bytes, u32 stored bytes), then the three sections:
 *     meta    per record, as varints: key length + 1 (0: null), value length + 1, zig-zag time
 *             minus the previous record's, number of headers, and per header the two lengths + 1
 *     keys    keys and headers, back to back
 *     values  values, back to back
 *
 * A section is LZ4-compressed when that makes it smaller (stored < raw), else as it is. Three
 * sections instead of one mixed stream, because values are decompressed straight to where readers
 * use them, and like next to like compresses better.
 *
 * The checksum covers the batch's place as well as its bytes, so that a row that ended up under
 * another offset is noticed too. What passes it was written by us; bounds are checked all the same,
 * because a reader of files must not trust them.
 */
#include <assert.h>
#include <endian.h>
#include <lz4.h>
#include <string.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "state/crc32c.h"
#include "topics/segment_parts.h"

enum { BATCH_VERSION = 1, SECTION_COUNT = 3, HEADER_BYTES = 12 + SECTION_COUNT * 8 };
enum { SECTION_META, SECTION_KEYS, SECTION_VALUES };
enum { CODEC_NONE = 0, CODEC_LZ4 = 1 };
enum { VARINT_BYTES_MAX = 10, LZ4_RATIO_MAX = 256 };

uint32_t segment_checksum(uint64_t topic_id, uint32_t partition, int64_t base_offset,
                          struct text blob)
{
    const uint64_t place[3] = {htole64(topic_id), htole64(partition),
                               htole64((uint64_t)base_offset)};
    return crc32c(crc32c(0, place, sizeof(place)), blob.data, blob.bytes);
}

/* --- encoding -------------------------------------------------------------------------------- */

static void append_le32(struct buffer *out, uint32_t value)
{
    const uint32_t little = htole32(value);
    buffer_append(out, &little, sizeof(little));
}

static uint64_t zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static uint64_t length_code(struct text text)
{
    return text.data ? text.bytes + 1 : 0;
}

static void append_meta(struct buffer *out, const struct segment *segment)
{
    uint64_t previous_time = 0;
    for (uint32_t i = 0; i < segment->record_count; i++) {
        const struct record *record = &segment->records[i];
        const uint64_t time = (uint64_t)record->time_ms;
        buffer_append_varint(out, length_code(record->key));
        buffer_append_varint(out, length_code(record->value));
        buffer_append_varint(out, zigzag((int64_t)(time - previous_time)));
        buffer_append_varint(out, record->header_count);
        previous_time = time;
        for (uint32_t h = 0; h < record->header_count; h++) {
            buffer_append_varint(out, length_code(record->headers[h].key));
            buffer_append_varint(out, length_code(record->headers[h].value));
        }
    }
}

/* Appends a section, smaller if it can be, and writes its two sizes into the header. */
static void append_section(struct buffer *out, int section, struct text raw, uint32_t *codec)
{
    const int bound = LZ4_compressBound((int)raw.bytes);
    uint32_t stored = 0;
    if (raw.bytes > 0 && buffer_reserve(out, (size_t)bound)) {
        const int compressed =
            LZ4_compress_default(raw.data, out->data + out->bytes, (int)raw.bytes, bound);
        stored = compressed > 0 && (size_t)compressed < raw.bytes ? (uint32_t)compressed : 0;
        *codec = stored ? CODEC_LZ4 : *codec;
    }
    if (stored) {
        out->bytes += stored;
    } else {
        stored = (uint32_t)raw.bytes;
        buffer_append_text(out, raw);
    }
    if (!out->has_failed) {
        const uint32_t sizes[2] = {htole32((uint32_t)raw.bytes), htole32(stored)};
        memcpy(out->data + 12 + section * 8, sizes, sizeof(sizes));
    }
}

enum status segment_encode(const struct segment *segment, uint64_t topic_id,
                           struct encoded_batch *out, struct diag *diag)
{
    const struct segment_box *box = (const struct segment_box *)segment;
    assert(box->is_sealed && segment->record_count > 0);
    struct buffer meta;
    buffer_init(&meta);
    append_meta(&meta, segment);

    static const char no_sizes[SECTION_COUNT * 8];
    buffer_reset(&out->blob);
    out->codec = CODEC_NONE;
    append_le32(&out->blob, BATCH_VERSION);
    append_le32(&out->blob, segment->record_count);
    append_le32(&out->blob, (uint32_t)(box->headers.bytes / sizeof(struct record_header)));
    buffer_append(&out->blob, no_sizes, sizeof(no_sizes));
    append_section(&out->blob, SECTION_META, buffer_text(&meta), &out->codec);
    append_section(&out->blob, SECTION_KEYS, buffer_text(&box->keys), &out->codec);
    append_section(&out->blob, SECTION_VALUES, buffer_text(&box->values), &out->codec);

    enum status status = buffer_status(&meta, diag);
    buffer_release(&meta);
    if (status == STATUS_OK) {
        status = buffer_status(&out->blob, diag);
    }
    if (status == STATUS_OK) {
        out->crc = segment_checksum(topic_id, segment->partition, segment->base_offset,
                                    buffer_text(&out->blob));
    }
    return status;
}

/* --- decoding -------------------------------------------------------------------------------- */

struct section {
    uint32_t raw_bytes;
    uint32_t stored_bytes;
    const char *stored;
};

struct batch_header {
    uint32_t record_count;
    uint32_t header_count;
    struct section sections[SECTION_COUNT];
};

/* What is left of a run of bytes. */
struct cursor {
    const char *next;
    const char *end;
};

static enum status corrupt(struct diag *diag, const char *finding)
{
    return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "%s", finding);
}

static uint32_t load_le32(const char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof(value));
    return le32toh(value);
}

static enum status read_header(struct text blob, struct batch_header *out, struct diag *diag)
{
    if (blob.bytes < HEADER_BYTES || load_le32(blob.data) != BATCH_VERSION) {
        return corrupt(diag, "unknown format");
    }
    out->record_count = load_le32(blob.data + 4);
    out->header_count = load_le32(blob.data + 8);
    const char *stored = blob.data + HEADER_BYTES;
    size_t left = blob.bytes - HEADER_BYTES;
    for (int i = 0; i < SECTION_COUNT; i++) {
        struct section *section = &out->sections[i];
        section->raw_bytes = load_le32(blob.data + 12 + i * 8);
        section->stored_bytes = load_le32(blob.data + 16 + i * 8);
        section->stored = stored;
        if (section->stored_bytes > left || section->stored_bytes > section->raw_bytes ||
            section->raw_bytes / LZ4_RATIO_MAX > section->stored_bytes ||
            section->raw_bytes > BUFFER_BYTES_MAX - SEGMENT_PADDING_BYTES) {
            return corrupt(diag, "impossible lengths");
        }
        stored += section->stored_bytes;
        left -= section->stored_bytes;
    }
    /* Each record takes at least four bytes of meta, and each header two. */
    const uint64_t meta_needed = (uint64_t)out->record_count * 4 + (uint64_t)out->header_count * 2;
    if (left != 0 || out->record_count == 0 ||
        meta_needed > out->sections[SECTION_META].raw_bytes) {
        return corrupt(diag, "impossible lengths");
    }
    return STATUS_OK;
}

static enum status read_section(const struct section *section, size_t padding, struct buffer *out,
                                struct diag *diag)
{
    if (!buffer_reserve(out, section->raw_bytes + padding + 1)) {
        return diag_no_memory(diag);
    }
    if (section->stored_bytes == section->raw_bytes) {
        memcpy(out->data, section->stored, section->raw_bytes);
    } else if (LZ4_decompress_safe(section->stored, out->data, (int)section->stored_bytes,
                                   (int)section->raw_bytes) != (int)section->raw_bytes) {
        return corrupt(diag, "compressed bytes are damaged");
    }
    memset(out->data + section->raw_bytes, 0, padding);
    out->bytes = section->raw_bytes;
    return STATUS_OK;
}

/* Most numbers are below 128. */
static bool take_varint(struct cursor *cursor, uint64_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && cursor->next < cursor->end; shift += 7) {
        const unsigned char byte = (unsigned char)*cursor->next++;
        value |= (uint64_t)(byte & 0x7FU) << shift;
        if (byte < 0x80U) {
            *out = value;
            return true;
        }
    }
    return false;
}

/* Takes a length from meta and that many bytes from bytes. */
static bool take_text(struct cursor *meta, struct cursor *bytes, struct text *out)
{
    uint64_t code = 0;
    if (!take_varint(meta, &code) ||
        (code > 0 && code - 1 > (uint64_t)(bytes->end - bytes->next))) {
        return false;
    }
    *out = (struct text){code ? bytes->next : NULL, code ? code - 1 : 0};
    bytes->next += out->bytes;
    return true;
}

/* Reads record_count records into a box whose sections are in place. */
static bool take_records(struct segment_box *box, struct cursor meta, uint32_t record_count,
                         uint32_t header_count)
{
    struct cursor keys = {box->keys.data, box->keys.data + box->keys.bytes};
    struct cursor values = {box->values.data, box->values.data + box->values.bytes};
    struct record *records = (struct record *)(void *)box->records.data;
    struct record_header *headers = (struct record_header *)(void *)box->headers.data;
    uint64_t time = 0;
    for (uint32_t i = 0; i < record_count; i++) {
        struct record *record = &records[i];
        uint64_t time_code = 0;
        uint64_t own_headers = 0;
        if (!take_text(&meta, &keys, &record->key) || !take_text(&meta, &values, &record->value) ||
            !take_varint(&meta, &time_code) || !take_varint(&meta, &own_headers) ||
            own_headers > header_count) {
            return false;
        }
        time += (time_code >> 1) ^ (0 - (time_code & 1));
        record->time_ms = (int64_t)time;
        record->header_count = (uint32_t)own_headers;
        record->headers = own_headers ? headers : NULL;
        for (uint64_t h = 0; h < own_headers; h++, headers++, header_count--) {
            if (!take_text(&meta, &keys, &headers->key) ||
                !take_text(&meta, &keys, &headers->value)) {
                return false;
            }
        }
    }
    return meta.next == meta.end && keys.next == keys.end && values.next == values.end &&
           header_count == 0;
}

static enum status decode_into(struct segment_box *box, const struct stored_batch *batch,
                               struct buffer *meta, struct diag *diag)
{
    struct batch_header header;
    TRY(read_header(batch->blob, &header, diag));
    if (header.record_count != batch->record_count) {
        return corrupt(diag, "two different record counts");
    }
    const size_t records_bytes = header.record_count * sizeof(struct record);
    const size_t headers_bytes = header.header_count * sizeof(struct record_header);
    if (!buffer_reserve(&box->records, records_bytes) ||
        !buffer_reserve(&box->headers, headers_bytes)) {
        return diag_no_memory(diag);
    }
    box->records.bytes = records_bytes;
    box->headers.bytes = headers_bytes;
    TRY(read_section(&header.sections[SECTION_META], 0, meta, diag));
    TRY(read_section(&header.sections[SECTION_KEYS], 0, &box->keys, diag));
    TRY(read_section(&header.sections[SECTION_VALUES], SEGMENT_PADDING_BYTES, &box->values, diag));
    const struct cursor cursor = {meta->data, meta->data + meta->bytes};
    if (!take_records(box, cursor, header.record_count, header.header_count)) {
        return corrupt(diag, "lengths do not add up");
    }
    return STATUS_OK;
}

enum status segment_decode(struct topic *topic, uint64_t topic_id, uint32_t partition,
                           const struct stored_batch *batch, struct segment_box **out,
                           struct diag *diag)
{
    if (segment_checksum(topic_id, partition, batch->base_offset, batch->blob) != batch->crc) {
        return corrupt(diag, "the checksum is wrong");
    }
    struct segment_box *box = segment_create(topic, partition);
    if (!box) {
        return diag_no_memory(diag);
    }
    struct buffer meta;
    buffer_init(&meta);
    const enum status status = decode_into(box, batch, &meta, diag);
    buffer_release(&meta);
    if (status != STATUS_OK) {
        segment_unref(&box->segment);
        return status;
    }
    struct segment *segment = &box->segment;
    segment->record_count = batch->record_count;
    segment->base_offset = batch->base_offset;
    segment->arrival = batch->arrival;
    segment->time_min_ms = batch->time_min_ms;
    segment->time_max_ms = batch->time_max_ms;
    segment->records = (const struct record *)(const void *)box->records.data;
    segment->values = buffer_text(&box->values);
    segment_measure(box);
    box->is_sealed = true;
    box->is_durable = true;
    *out = box;
    return STATUS_OK;
}
