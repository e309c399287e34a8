/* time_zone.h: time zones by the names that java.time.ZoneId.of takes, and their offsets.
 *
 * Regions come from the compiled time zone database of the system (the tzdata package); each is
 * read once per cache. A zone is a small value to be copied freely; that of a region points
 * into the cache and lives as long as it. Thread: a cache belongs to one thread; zones may be
 * read by any while the cache lives. */
#ifndef BASE_TIME_ZONE_H
#define BASE_TIME_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

struct time_zone_cache;
struct time_zone_rules;

struct time_zone {
    const struct time_zone_rules *rules; /* of a region; NULL for a fixed offset */
    int32_t offset_seconds;              /* east of UTC; only without rules */
    const char *prefix;                  /* "", "UTC", "GMT" or "UT"; only without rules */
};

/* The zone "UTC"; what a zero-initialized struct time_zone means too, but for its name. */
static const struct time_zone TIME_ZONE_UTC = {NULL, 0, "UTC"};

/* What holds in a zone at an instant. */
struct time_zone_state {
    int32_t offset_seconds;   /* east of UTC */
    bool is_daylight;         /* clocks are ahead of standard time, as Java sees it */
    const char *abbreviation; /* PDT; +03 where people use none; NULL for a fixed offset */
};

MUST_USE enum status time_zone_cache_create(struct time_zone_cache **out, struct diag *diag);
/* cache may be NULL. */
void time_zone_cache_destroy(struct time_zone_cache *cache);

/* ZoneId.of: Z, +02:00 and the other forms of civil_time_parse_offset; UTC, GMT, UT alone or with
 * an offset behind; regions (Europe/Berlin, CET), spelled exactly. Short ids that Java refuses
 * (EST, PST, ...) are refused. STATUS_INVALID with Java's message. */
MUST_USE enum status time_zone_cache_find(struct time_zone_cache *cache, struct text id,
                                          struct time_zone *out, struct diag *diag);

/* The zone of the machine: $TZ, else /etc/localtime, else UTC. */
MUST_USE enum status time_zone_cache_find_system(struct time_zone_cache *cache,
                                                 struct time_zone *out, struct diag *diag);

/* A zone of a fixed offset, |offset_seconds| <= 18 h, named like +02:00 or Z. */
static inline struct time_zone time_zone_of_offset(int32_t offset_seconds)
{
    return (struct time_zone){NULL, offset_seconds, ""};
}

struct time_zone_state time_zone_at(const struct time_zone *zone, int64_t epoch_seconds);

/* The instant of a local time, both in seconds from 1970. In an overlap (clocks set back) the
 * earlier of the two; in a gap (set forward) the instant shifted forward by the gap's length:
 * ZonedDateTime.ofLocal. */
int64_t time_zone_instant(const struct time_zone *zone, int64_t local_seconds);

enum { TIME_ZONE_ID_BYTES_MAX = 64, TIME_ZONE_OFFSET_BYTES_MAX = 9 };

/* ZoneId.getId: Europe/Berlin, UTC, UTC+02:00, +02:00, Z. Returns the length; no NUL. */
size_t time_zone_id(const struct time_zone *zone, char *out);

/* ZoneOffset.getId: Z, +02:00, -00:44:30. Returns the length; no NUL. */
size_t time_zone_offset_id(int32_t offset_seconds, char *out);

#endif
