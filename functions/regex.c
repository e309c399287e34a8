/* regex.c
 *
 * The cache is a direct-mapped table: a pattern's hash names its slot, and a new pattern there
 * drives the old one out. Nearly all patterns are literals of queries, so that collisions are
 * rare, and a bound on memory comes for free. The table and PCRE2's contexts are made with the
 * first pattern: every statement and every task has a cache, and few of them see a pattern.
 * Rejected: compiling when the query is planned; PCRE2's code is not arena memory and its match
 * data is not to be shared between threads.
 */
#include "functions/regex.h"

#include <assert.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "functions/regex_java.h"

enum {
    SLOT_COUNT = 256,
    PATTERN_BYTES_MAX = 64 << 10,
    STEPS_MAX = 10000000, /* some hundred milliseconds of backtracking */
    HEAP_KIB_MAX = 64 << 10,
    JIT_STACK_BYTES_MIN = 32 << 10,
    JIT_STACK_BYTES_MAX = 1 << 20,
    REASON_BYTES_MAX = 256,
};

struct regex {
    char *pattern; /* NULL: the slot is empty */
    size_t pattern_bytes;
    pcre2_code *code; /* NULL: the pattern is bad */
    pcre2_match_data *match;
    pcre2_match_context *limits; /* of the cache */
    char reason[REASON_BYTES_MAX];
};

struct regex_cache {
    pcre2_general_context *general;
    pcre2_compile_context *compile;
    pcre2_match_context *limits;
    pcre2_jit_stack *stack;
    struct regex *slots; /* SLOT_COUNT; NULL until the first pattern */
};

static void *allocate(PCRE2_SIZE bytes, void *context)
{
    (void)context;
    return memory_alloc(bytes);
}

static void release(void *block, void *context)
{
    (void)context;
    memory_free(block);
}

enum status regex_cache_create(struct regex_cache **out, struct diag *diag)
{
    struct regex_cache *cache = memory_zalloc(sizeof(*cache));
    if (!cache) {
        return diag_no_memory(diag);
    }
    *out = cache;
    return STATUS_OK;
}

static void empty_slot(struct regex *slot)
{
    memory_free(slot->pattern);
    pcre2_code_free(slot->code);
    pcre2_match_data_free(slot->match);
    *slot = (struct regex){0};
}

static void close_table(struct regex_cache *cache)
{
    for (size_t i = 0; cache->slots && i < SLOT_COUNT; i++) {
        empty_slot(&cache->slots[i]);
    }
    pcre2_jit_stack_free(cache->stack);
    pcre2_match_context_free(cache->limits);
    pcre2_compile_context_free(cache->compile);
    pcre2_general_context_free(cache->general);
    memory_free(cache->slots);
    *cache = (struct regex_cache){0};
}

static enum status open_table(struct regex_cache *cache, struct diag *diag)
{
    cache->general = pcre2_general_context_create(allocate, release, NULL);
    cache->compile = pcre2_compile_context_create(cache->general);
    cache->limits = pcre2_match_context_create(cache->general);
    cache->stack = pcre2_jit_stack_create(JIT_STACK_BYTES_MIN, JIT_STACK_BYTES_MAX, cache->general);
    cache->slots = memory_zalloc(SLOT_COUNT * sizeof(*cache->slots));
    if (!cache->general || !cache->compile || !cache->limits || !cache->slots) {
        close_table(cache);
        return diag_no_memory(diag);
    }
    (void)pcre2_set_newline(cache->compile, PCRE2_NEWLINE_ANYCRLF);
    (void)pcre2_set_match_limit(cache->limits, STEPS_MAX);
    (void)pcre2_set_heap_limit(cache->limits, HEAP_KIB_MAX);
    if (cache->stack) { /* without it the machine's stack is used, 32 KiB of it */
        pcre2_jit_stack_assign(cache->limits, NULL, cache->stack);
    }
    return STATUS_OK;
}

void regex_cache_destroy(struct regex_cache *cache)
{
    if (!cache) {
        return;
    }
    close_table(cache);
    memory_free(cache);
}

static enum status keep_reason(struct regex *slot, const char *reason)
{
    const size_t bytes = strnlen(reason, sizeof(slot->reason) - 1);
    memcpy(slot->reason, reason, bytes);
    slot->reason[bytes] = '\0';
    return STATUS_OK;
}

static enum status compile_java(struct regex_cache *cache, struct text translated,
                                struct regex *slot, struct diag *diag)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    const uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    slot->code = pcre2_compile((PCRE2_SPTR)(translated.data ? translated.data : ""),
                               translated.bytes, options, &error, &offset, cache->compile);
    if (!slot->code) {
        if (error == PCRE2_ERROR_HEAP_FAILED) {
            return diag_no_memory(diag);
        }
        PCRE2_UCHAR message[REASON_BYTES_MAX];
        (void)pcre2_get_error_message(error, message, sizeof(message));
        return keep_reason(slot, (const char *)message);
    }
    (void)pcre2_jit_compile(slot->code, PCRE2_JIT_COMPLETE); /* interpreted if that fails */
    slot->match = pcre2_match_data_create_from_pattern(slot->code, cache->general);
    slot->limits = cache->limits;
    return slot->match ? STATUS_OK : diag_no_memory(diag);
}

static enum status fill_slot(struct regex_cache *cache, struct text pattern, struct regex *slot,
                             struct diag *diag)
{
    slot->pattern = memory_alloc(pattern.bytes);
    if (!slot->pattern) {
        return diag_no_memory(diag);
    }
    slot->pattern_bytes = pattern.bytes;
    if (pattern.bytes) {
        memcpy(slot->pattern, pattern.data, pattern.bytes);
    }
    if (pattern.bytes > PATTERN_BYTES_MAX) {
        return keep_reason(slot, "the pattern is too long");
    }
    struct buffer translated;
    struct diag refusal;
    buffer_init(&translated);
    enum status status = regex_java_translate(pattern, &translated, &refusal);
    if (status == STATUS_OK) {
        status = compile_java(cache, buffer_text(&translated), slot, diag);
    } else if (status == STATUS_INVALID) {
        status = keep_reason(slot, refusal.message);
    } else {
        status = diag_no_memory(diag);
    }
    buffer_release(&translated);
    return status;
}

enum status regex_cache_find(struct regex_cache *cache, struct text pattern, struct regex **out,
                             struct diag *diag)
{
    if (!cache->slots) {
        TRY(open_table(cache, diag));
    }
    struct regex *slot = &cache->slots[hash_bytes(pattern.data, pattern.bytes) % SLOT_COUNT];
    const struct text held = {slot->pattern, slot->pattern_bytes};
    if (!slot->pattern || !text_equal(held, pattern)) {
        empty_slot(slot);
        const enum status status = fill_slot(cache, pattern, slot, diag);
        if (status != STATUS_OK) {
            empty_slot(slot);
            return status;
        }
    }
    if (!slot->code) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid regular expression pattern: %.*s: %s", TEXT_ARGS(pattern),
                         slot->reason);
    }
    *out = slot;
    return STATUS_OK;
}

uint32_t regex_group_count(const struct regex *regex)
{
    uint32_t count = 0;
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &count);
    return count;
}

uint32_t regex_group_number(const struct regex *regex, struct text name)
{
    char terminated[128];
    if (name.bytes == 0 || name.bytes >= sizeof(terminated)) {
        return 0;
    }
    memcpy(terminated, name.data, name.bytes);
    terminated[name.bytes] = '\0';
    const int number = pcre2_substring_number_from_name(regex->code, (PCRE2_SPTR)terminated);
    return number > 0 ? (uint32_t)number : 0;
}

enum status regex_find(struct regex *regex, struct text text, size_t start, bool *is_found,
                       struct diag *diag)
{
    assert(start <= text.bytes);
    const int code = pcre2_match(regex->code, (PCRE2_SPTR)(text.data ? text.data : ""), text.bytes,
                                 start, 0, regex->match, regex->limits);
    if (code == PCRE2_ERROR_NOMEMORY) {
        return diag_no_memory(diag);
    }
    if (code < 0 && code != PCRE2_ERROR_NOMATCH) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "regular expression '%.*s' is too costly on this text",
                         (int)regex->pattern_bytes, regex->pattern);
    }
    *is_found = code >= 0;
    return STATUS_OK;
}

bool regex_group(const struct regex *regex, uint32_t group, size_t *start, size_t *end)
{
    const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(regex->match);
    assert(group < pcre2_get_ovector_count(regex->match));
    if (offsets[2 * group] == PCRE2_UNSET) {
        return false;
    }
    *start = offsets[2 * group];
    *end = offsets[2 * group + 1];
    return true;
}

size_t regex_next_start(const struct regex *regex, struct text text)
{
    size_t start = 0;
    size_t end = 0;
    (void)regex_group(regex, 0, &start, &end);
    if (end > start) {
        return end;
    }
    if (end >= text.bytes) {
        return text.bytes + 1; /* nothing can follow */
    }
    const char *next = text.data + end;
    (void)utf8_next(&next, text.data + text.bytes);
    return (size_t)(next - text.data);
}
