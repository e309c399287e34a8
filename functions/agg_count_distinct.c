/* agg_count_distinct.c
 *
 * COUNT_DISTINCT: about how many distinct values a column has, by HyperLogLog with 2^14
 * registers (standard error 0.8 %). It follows stream-lib's HyperLogLog, hash and packing and
 * all, so that INT, BIGINT, DOUBLE and STRING columns give ksqlDB's very numbers; values of
 * other types, which ksqlDB hashes by how Java prints them, are hashed by their encoding. NULL
 * is not counted.
 *
 * A group owns one block: the registers in the packed form that is saved, six of 5 bits to an
 * int, and beside them the sum of 2^-register, kept up to date in units of 2^-31, so that the
 * result costs one logarithm instead of a walk over 16384 registers.
 *
 * Source: ksqlDB's CountDistinct; com.clearspring.analytics HyperLogLog and RegisterSet.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/row_codec.h"
#include "functions/agg_canonical.h"
#include "functions/agg_support.h"
#include "functions/families.h"

enum {
    LOG2_REGISTERS = 14,
    REGISTERS = 1 << LOG2_REGISTERS,
    REGISTERS_PER_WORD = 6,
    REGISTER_BITS = 5,
    REGISTER_MASK = 0x1F,
    WORDS = REGISTERS / REGISTERS_PER_WORD + 1
};

struct sketch {
    uint64_t sum; /* of 2^(31 - register) over all registers */
    uint32_t zeros;
    uint32_t words[WORDS];
};

struct count_distinct_state {
    struct sketch *sketch; /* owned; NULL: nothing was counted */
};

static enum status count_distinct_resolve(struct aggregate *aggregate, struct arena *arena,
                                          struct diag *diag)
{
    return agg_set_state(aggregate, type_array(arena, type_of(TYPE_INTEGER)),
                         AGG_STATE_BYTES(struct count_distinct_state), diag);
}

/* MurmurHash 2 over bytes, with the bytes of the tail taken as signed, as the port does. */
static uint32_t murmur_bytes(struct text text)
{
    const uint32_t m = 0x5BD1E995U;
    const unsigned char *data = (const unsigned char *)text.data;
    const size_t whole = text.bytes & ~(size_t)3U;
    uint32_t hash = UINT32_MAX ^ (uint32_t)text.bytes;
    for (size_t i = 0; i < whole; i += 4) {
        uint32_t k = (uint32_t)data[i] | (uint32_t)data[i + 1] << 8 | (uint32_t)data[i + 2] << 16 |
                     (uint32_t)data[i + 3] << 24;
        k *= m;
        k ^= k >> 24;
        hash = hash * m ^ k * m;
    }
    const size_t left = text.bytes - whole;
    for (size_t i = left; i > 0; i--) { /* the last byte of the text is not shifted */
        hash ^= (uint32_t)(int32_t)(signed char)data[text.bytes - i] << (8 * (i - 1));
    }
    if (left) {
        hash *= m;
    }
    hash ^= hash >> 13;
    hash *= m;
    return hash ^ hash >> 15;
}

static uint32_t murmur_int64(int64_t value)
{
    const uint32_t m = 0x5BD1E995U;
    uint32_t k = (uint32_t)value * m;
    k ^= k >> 24;
    uint32_t hash = k * m;
    k = (uint32_t)((uint64_t)value >> 32) * m;
    k ^= k >> 24;
    hash = hash * m ^ k * m;
    hash ^= hash >> 13;
    hash *= m;
    return hash ^ hash >> 15;
}

static enum status hash_encoded(const struct type *type, const struct value *value, uint32_t *out,
                                struct diag *diag)
{
    struct buffer encoded;
    struct arena arena;
    struct value canonical;
    buffer_init(&encoded);
    arena_init(&arena);
    enum status status = agg_canonical_value(type, value, &arena, &canonical, diag);
    if (status == STATUS_OK) {
        row_codec_encode(&type, &canonical, 1, &encoded);
        status = buffer_status(&encoded, diag);
    }
    if (status == STATUS_OK) {
        *out = murmur_bytes(buffer_text(&encoded));
    }
    arena_release(&arena);
    buffer_release(&encoded);
    return status;
}

static enum status hash_value(const struct type *type, const struct value *value, uint32_t *out,
                              struct diag *diag)
{
    int64_t bits = 0;
    if (type->kind == TYPE_STRING) {
        *out = murmur_bytes(value->text);
        return STATUS_OK;
    }
    if (type->kind == TYPE_DOUBLE) {
        memcpy(&bits, &value->real, sizeof(bits));
    } else if (type->kind == TYPE_BIGINT) {
        bits = value->int64;
    } else if (type->kind == TYPE_INTEGER) {
        bits = value->int32;
    } else {
        return hash_encoded(type, value, out, diag);
    }
    *out = murmur_int64(bits);
    return STATUS_OK;
}

static uint32_t get_register(const struct sketch *sketch, uint32_t at)
{
    const uint32_t shift = REGISTER_BITS * (at % REGISTERS_PER_WORD);
    return sketch->words[at / REGISTERS_PER_WORD] >> shift & REGISTER_MASK;
}

static void raise_register(struct sketch *sketch, uint32_t at, uint32_t value)
{
    const uint32_t old = get_register(sketch, at);
    if (value <= old) {
        return;
    }
    const uint32_t shift = REGISTER_BITS * (at % REGISTERS_PER_WORD);
    uint32_t *word = &sketch->words[at / REGISTERS_PER_WORD];
    *word = (*word & ~((uint32_t)REGISTER_MASK << shift)) | value << shift;
    sketch->sum -= (UINT64_C(1) << (31 - old)) - (UINT64_C(1) << (31 - value));
    sketch->zeros -= old == 0;
}

static enum status need_sketch(struct count_distinct_state *self, struct diag *diag)
{
    if (self->sketch) {
        return STATUS_OK;
    }
    struct sketch *sketch = memory_zalloc(sizeof(*sketch));
    if (!sketch) {
        return diag_no_memory(diag);
    }
    sketch->sum = (uint64_t)REGISTERS << 31;
    sketch->zeros = REGISTERS;
    self->sketch = sketch;
    return STATUS_OK;
}

static enum status count_distinct_add(const struct aggregate *aggregate, void *state,
                                      const struct value *arguments, struct diag *diag)
{
    struct count_distinct_state *self = state;
    uint32_t hash = 0;
    if (arguments[0].is_null) {
        return STATUS_OK;
    }
    TRY(hash_value(aggregate->argument_types[0], &arguments[0], &hash, diag));
    TRY(need_sketch(self, diag));
    /* The added bit bounds the run of zeros that is counted. */
    const uint32_t rest = hash << LOG2_REGISTERS | ((1U << (LOG2_REGISTERS - 1)) + 1U);
    raise_register(self->sketch, hash >> (32 - LOG2_REGISTERS), (uint32_t)__builtin_clz(rest) + 1U);
    return STATUS_OK;
}

static enum status count_distinct_merge(const struct aggregate *aggregate, void *state,
                                        const void *from, struct diag *diag)
{
    (void)aggregate;
    struct count_distinct_state *self = state;
    const struct count_distinct_state *other = from;
    if (!other->sketch) {
        return STATUS_OK;
    }
    TRY(need_sketch(self, diag));
    for (uint32_t i = 0; i < REGISTERS; i++) {
        raise_register(self->sketch, i, get_register(other->sketch, i));
    }
    return STATUS_OK;
}

static enum status count_distinct_result(const struct aggregate *aggregate, const void *state,
                                         struct arena *arena, struct value *out, struct diag *diag)
{
    (void)aggregate;
    (void)arena;
    (void)diag;
    const struct count_distinct_state *self = state;
    if (!self->sketch) {
        *out = value_int64(0);
        return STATUS_OK;
    }
    const double m = REGISTERS;
    const double sum = (double)self->sketch->sum * 0x1p-31;
    double estimate = 0.7213 / (1 + 1.079 / m) * m * m * (1 / sum);
    if (estimate <= 2.5 * m) { /* linear counting; infinite when no register is 0 */
        estimate = m * log(m / self->sketch->zeros);
    }
    *out = value_int64(isinf(estimate) ? INT64_MAX : (int64_t)floor(estimate + 0.5));
    return STATUS_OK;
}

static enum status count_distinct_save(const struct aggregate *aggregate, const void *state,
                                       struct arena *arena, struct value *out, struct diag *diag)
{
    (void)aggregate;
    const struct count_distinct_state *self = state;
    struct value_list *list = value_list_create(arena, WORDS);
    if (!list) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < WORDS; i++) {
        list->items[i] = value_int32(self->sketch ? (int32_t)self->sketch->words[i] : 0);
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status count_distinct_load(const struct aggregate *aggregate, const struct value *saved,
                                       void *state, struct diag *diag)
{
    struct count_distinct_state *self = state;
    const struct value *words = agg_saved_items(saved, WORDS);
    if (!words) {
        return agg_corrupt(aggregate, diag);
    }
    TRY(need_sketch(self, diag));
    for (uint32_t i = 0; i < REGISTERS; i++) {
        const uint32_t word = (uint32_t)words[i / REGISTERS_PER_WORD].int32;
        raise_register(self->sketch, i,
                       word >> REGISTER_BITS * (i % REGISTERS_PER_WORD) & REGISTER_MASK);
    }
    return STATUS_OK;
}

static void count_distinct_release(void *state)
{
    struct count_distinct_state *self = state;
    memory_free(self->sketch);
}

static const struct aggregate_def count_distinct_table[] = {
    {.name = "COUNT_DISTINCT",
     .parameters = "T val1",
     .returns = "BIGINT",
     .summary = "Estimates how many distinct values a column has, with a standard error below "
                "1 %. NULL is not counted.",
     .resolve = count_distinct_resolve,
     .init = agg_init_zero,
     .add = count_distinct_add,
     .merge = count_distinct_merge,
     .result = count_distinct_result,
     .save = count_distinct_save,
     .load = count_distinct_load,
     .release = count_distinct_release},
};

const struct function_family aggregate_count_distinct_family = {
    .aggregates = count_distinct_table,
    .aggregate_count = sizeof(count_distinct_table) / sizeof(count_distinct_table[0])};
