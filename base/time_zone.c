/* time_zone.c
 *
 * From a name to a zone, and from instants to local time and back.
 *
 * Fixed offsets need no memory: they are values. Regions are looked up in a hash table of
 * their exact names and read from the database on first use; there are some six hundred, so
 * the cache is bounded by itself. Names come from records and are hostile: only the characters
 * of Java's pattern are let through, no dots, so that no path can leave the directory.
 *
 * From local time to an instant: the instant is less than a day away from the local time read
 * as if it were UTC, so the offsets one day before and after enclose it. Zones do not change
 * twice within two days. If the earlier offset is right at the instant it gives, that is the
 * answer, also in an overlap; else the later one, if it is right; if neither is, the local time
 * lies in a gap, and the earlier offset shifts it forward as Java does.
 */
#include "base/time_zone.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/civil_time.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/time_zone_rules.h"

#define ZONE_DIRECTORY "/usr/share/zoneinfo/"

enum {
    BUCKET_COUNT = 32, /* few queries name more than one zone, and every query has a cache */
    FILE_BYTES_MAX = 1 << 16, /* the largest of the database has some 4 KiB */
    SECONDS_PER_DAY = 86400
};

struct entry {
    struct entry *next;
    const struct time_zone_rules *rules;
};

struct time_zone_cache {
    struct arena arena; /* entries and rules */
    struct entry *buckets[BUCKET_COUNT];
};

enum status time_zone_cache_create(struct time_zone_cache **out, struct diag *diag)
{
    struct time_zone_cache *cache = memory_zalloc(sizeof(*cache));
    if (!cache) {
        return diag_no_memory(diag);
    }
    arena_init(&cache->arena);
    *out = cache;
    return STATUS_OK;
}

void time_zone_cache_destroy(struct time_zone_cache *cache)
{
    if (cache) {
        arena_release(&cache->arena);
        memory_free(cache);
    }
}

static enum status fail(struct text id, const char *what, struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s: %.*s", what, TEXT_ARGS(id));
}

/* Files of the database that Java does not know as zones, or knows by an offset only. */
static bool is_foreign(struct text id)
{
    static const struct text names[] = {{"EST", 3},       {"MST", 3},         {"HST", 3},
                                        {"ROC", 3},       {"Factory", 7},     {"posixrules", 10},
                                        {"localtime", 9}, {"leapseconds", 11}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (text_equal(id, names[i])) {
            return true;
        }
    }
    return text_starts_with(id, TEXT("posix/")) || text_starts_with(id, TEXT("right/"));
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Java's pattern: [A-Za-z][A-Za-z0-9~/._+-]+ */
static bool is_well_formed(struct text id)
{
    for (size_t i = 0; i < id.bytes; i++) {
        const char c = id.data[i];
        const bool other = (c >= '0' && c <= '9') || (c != '\0' && strchr("~/._+-", c));
        if (!is_letter(c) && (i == 0 || !other)) {
            return false;
        }
    }
    return id.bytes >= 2;
}

/* Reads a whole small file; *out_bytes is 0 if it cannot be opened or is too large. */
static void read_file(const char *path, char *out, size_t *out_bytes)
{
    size_t used = 0;
    *out_bytes = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    ssize_t got = 0;
    while (used < FILE_BYTES_MAX && (got = read(fd, out + used, FILE_BYTES_MAX - used)) > 0) {
        used += (size_t)got;
    }
    (void)close(fd);
    *out_bytes = got == 0 ? used : 0;
}

static enum status load(struct time_zone_cache *cache, struct text id,
                        const struct time_zone_rules **out, struct diag *diag)
{
    char path[sizeof(ZONE_DIRECTORY) + TIME_ZONE_ID_BYTES_MAX];
    if (id.bytes > TIME_ZONE_ID_BYTES_MAX || memchr(id.data, '.', id.bytes) || is_foreign(id)) {
        return fail(id, "Unknown time-zone ID", diag);
    }
    (void)snprintf(path, sizeof(path), ZONE_DIRECTORY "%.*s", TEXT_ARGS(id));
    char *file = memory_alloc(FILE_BYTES_MAX);
    if (!file) {
        return diag_no_memory(diag);
    }
    size_t bytes = 0;
    read_file(path, file, &bytes);
    const struct text content = {file, bytes};
    enum status status = time_zone_rules_decode(id, content, &cache->arena, out, diag);
    memory_free(file);
    if (status == STATUS_CORRUPT) {
        status = fail(id, "Unknown time-zone ID", diag);
    }
    return status;
}

static enum status find_region(struct time_zone_cache *cache, struct text id, struct time_zone *out,
                               struct diag *diag)
{
    if (!is_well_formed(id)) {
        return fail(id, "Invalid ID for region-based ZoneId, invalid format", diag);
    }
    struct entry **bucket = &cache->buckets[hash_bytes(id.data, id.bytes) % BUCKET_COUNT];
    for (struct entry *entry = *bucket; entry; entry = entry->next) {
        if (text_equal(time_zone_rules_id(entry->rules), id)) {
            *out = (struct time_zone){.rules = entry->rules};
            return STATUS_OK;
        }
    }
    const struct time_zone_rules *rules = NULL;
    TRY(load(cache, id, &rules, diag));
    struct entry *entry = ARENA_NEW(&cache->arena, struct entry);
    if (!entry) {
        return diag_no_memory(diag);
    }
    *entry = (struct entry){*bucket, rules};
    *bucket = entry;
    *out = (struct time_zone){.rules = rules};
    return STATUS_OK;
}

/* Names that an offset may follow; UTC before UT, so that the longer one is found. */
static const char *find_prefix(struct text id)
{
    static const char *const prefixes[] = {"UTC", "GMT", "UT"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (text_starts_with(id, text_of(prefixes[i]))) {
            return prefixes[i];
        }
    }
    return NULL;
}

enum status time_zone_cache_find(struct time_zone_cache *cache, struct text id,
                                 struct time_zone *out, struct diag *diag)
{
    int32_t offset = 0;
    if (id.bytes <= 1 || id.data[0] == '+' || id.data[0] == '-') {
        if (!civil_time_parse_offset(id, &offset)) {
            return fail(id, "Invalid ID for ZoneOffset, invalid format", diag);
        }
        *out = time_zone_of_offset(offset);
        return STATUS_OK;
    }
    const char *prefix = find_prefix(id);
    const size_t prefix_bytes = prefix ? strlen(prefix) : 0;
    const struct text rest = {id.data + prefix_bytes, id.bytes - prefix_bytes};
    if (!prefix || (rest.bytes > 0 && rest.data[0] != '+' && rest.data[0] != '-')) {
        return find_region(cache, id, out, diag);
    }
    if (rest.bytes > 0 && !civil_time_parse_offset(rest, &offset)) {
        return fail(id, "Invalid ID for offset-based ZoneId", diag);
    }
    *out = (struct time_zone){NULL, offset, prefix};
    return STATUS_OK;
}

/* The name in a path like /usr/share/zoneinfo/Europe/Berlin. */
static struct text id_of_path(const char *path)
{
    const char *found = strstr(path, "zoneinfo/");
    return text_of(found ? found + strlen("zoneinfo/") : "");
}

enum status time_zone_cache_find_system(struct time_zone_cache *cache, struct time_zone *out,
                                        struct diag *diag)
{
    char target[256];
    struct text id = text_of(getenv("TZ"));
    if (id.bytes > 0 && id.data[0] == ':') {
        id = (struct text){id.data + 1, id.bytes - 1};
    }
    if (id.bytes == 0) {
        const ssize_t length = readlink("/etc/localtime", target, sizeof(target) - 1);
        target[length > 0 ? length : 0] = '\0';
        id = id_of_path(target);
    }
    const enum status status =
        id.bytes > 0 ? time_zone_cache_find(cache, id, out, diag) : STATUS_INVALID;
    if (status == STATUS_INVALID) {
        *out = TIME_ZONE_UTC;
        return STATUS_OK;
    }
    return status;
}

struct time_zone_state time_zone_at(const struct time_zone *zone, int64_t epoch_seconds)
{
    if (zone->rules) {
        return time_zone_rules_at(zone->rules, epoch_seconds);
    }
    return (struct time_zone_state){zone->offset_seconds, false, NULL};
}

int64_t time_zone_instant(const struct time_zone *zone, int64_t local_seconds)
{
    if (!zone->rules) {
        return local_seconds - zone->offset_seconds;
    }
    const int64_t earlier =
        local_seconds - time_zone_at(zone, local_seconds - SECONDS_PER_DAY).offset_seconds;
    const int64_t later =
        local_seconds - time_zone_at(zone, local_seconds + SECONDS_PER_DAY).offset_seconds;
    const bool later_is_right = local_seconds - time_zone_at(zone, later).offset_seconds == later;
    if (local_seconds - time_zone_at(zone, earlier).offset_seconds != earlier && later_is_right) {
        return later;
    }
    return earlier;
}

static char *put_two(char *out, int32_t value)
{
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
    return out + 2;
}

size_t time_zone_offset_id(int32_t offset_seconds, char *out)
{
    if (offset_seconds == 0) {
        *out = 'Z';
        return 1;
    }
    const int32_t seconds = offset_seconds < 0 ? -offset_seconds : offset_seconds;
    char *next = out;
    *next++ = offset_seconds < 0 ? '-' : '+';
    next = put_two(next, seconds / 3600);
    *next++ = ':';
    next = put_two(next, seconds / 60 % 60);
    if (seconds % 60 != 0) {
        *next++ = ':';
        next = put_two(next, seconds % 60);
    }
    return (size_t)(next - out);
}

size_t time_zone_id(const struct time_zone *zone, char *out)
{
    if (zone->rules) {
        const struct text id = time_zone_rules_id(zone->rules);
        memcpy(out, id.data, id.bytes);
        return id.bytes;
    }
    const size_t prefix_bytes = zone->prefix ? strlen(zone->prefix) : 0;
    if (prefix_bytes > 0) {
        memcpy(out, zone->prefix, prefix_bytes);
    }
    if (prefix_bytes > 0 && zone->offset_seconds == 0) {
        return prefix_bytes;
    }
    return prefix_bytes + time_zone_offset_id(zone->offset_seconds, out + prefix_bytes);
}
