/* settings.h: properties by name: the server's, overlaid by a session's SET.
 *
 * A name may carry the prefix "ksql.streams."; it is the same setting without. One table in
 * settings.c says which names are known, their defaults and who may change them. Source: ksqlDB's
 * configuration reference and its PropertyOverrider. Thread: one at a time. */
#ifndef ENGINE_SETTINGS_H
#define ENGINE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "base/text.h"

struct setting_value {
    char *name; /* without "ksql.streams." */
    char *value;
};

struct settings {
    const struct settings *below; /* asked for what is not set here; NULL at the bottom */
    struct setting_value *values; /* by order of first setting */
    size_t count;
    size_t capacity;
};

/* One known property: a row of the table that SHOW PROPERTIES prints. */
struct setting_info {
    const char *name;
    const char *default_value; /* NULL: none */
    bool is_session;           /* SET may change it */
    const char *summary;
};

void settings_init(struct settings *settings, const struct settings *below);
void settings_release(struct settings *settings);
/* Sets in to what is set in from itself, not below it. */
MUST_USE enum status settings_copy(struct settings *to, const struct settings *from,
                                   struct diag *diag);

/* Sets name. Fails for names that are not known (is_server: any "ksql." or Kafka-like name is
 * kept, since configurations carry settings of parts that Leat does not have), for values of the
 * wrong kind, and where a session may not change it. */
MUST_USE enum status settings_set(struct settings *settings, struct text name, struct text value,
                                  bool is_server, struct diag *diag);
/* Whether a session may SET or UNSET this name; settings_check_property() says so in the words of
 * the REST API. */
MUST_USE enum status settings_check_name(struct text name, struct diag *diag);
MUST_USE enum status settings_check_property(struct text name, struct diag *diag);
/* Forgets what was set here; true when something was. */
bool settings_unset(struct settings *settings, struct text name);

/* The value in force, or the default; data NULL when there is neither. */
struct text settings_find(const struct settings *settings, struct text name);
/* Whether every change of a table is to be emitted: cache.max.bytes.buffering is 0. */
bool settings_cache_is_off(const struct settings *settings);
bool settings_is_true(const struct settings *settings, const char *name);

/* The table of known settings, sorted by name. */
const struct setting_info *settings_table(size_t *out_count);

/* The name without the "ksql.streams." prefix. */
struct text settings_base_name(struct text name);

#endif
