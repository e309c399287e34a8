/* shell_complete.c
 *
 * A table says which statement lists which names. A server that refuses one of them (an older
 * one, or one without the right) costs the names of that list only. Names are kept as the server
 * spells them; the editor follows the case that the person types.
 */
#include "shell/shell_complete.h"

#include <ctype.h>
#include <stdlib.h>

#include "parser/keywords.h"
#include "shell/shell_commands.h"
#include "shell/shell_syntax.h"

static const struct {
    const char *statement;
    const char *list;   /* the array in the answer */
    const char *nested; /* an array in each of its items; NULL: none */
    bool is_property;
} sources[] = {
    {"DESCRIBE STREAMS", "sourceDescriptions", "fields", false},
    {"DESCRIBE TABLES", "sourceDescriptions", "fields", false},
    {"SHOW FUNCTIONS", "functions", NULL, false},
    {"SHOW PROPERTIES", "properties", NULL, true},
};

/* Properties of Kafka Streams are listed with it and may be set without it. */
static const char streams_prefix[] = "ksql.streams.";

void shell_complete_init(struct shell_complete *complete, struct shell_session *session)
{
    *complete = (struct shell_complete){.session = session};
    arena_init(&complete->arena);
}

void shell_complete_release(struct shell_complete *complete)
{
    arena_release(&complete->arena);
}

/* --- Names -------------------------------------------------------------------------------- */

static void add_name(struct shell_complete *complete, const char *name, bool is_property)
{
    if (!name) {
        return;
    }
    if (complete->name_count == complete->name_room) {
        const size_t room = complete->name_room ? complete->name_room * 2 : 256;
        struct completion_name *names = arena_array(&complete->arena, room, sizeof(*names));
        if (!names) {
            return; /* fewer names to offer */
        }
        if (complete->name_count > 0) {
            memcpy(names, complete->names, complete->name_count * sizeof(*names));
        }
        complete->names = names;
        complete->name_room = room;
    }
    const struct text copy = arena_text(&complete->arena, text_of(name));
    if (copy.data) {
        complete->names[complete->name_count++] = (struct completion_name){copy, is_property};
    }
}

static void add_list(struct shell_complete *complete, const json_t *list, const char *nested,
                     bool is_property)
{
    size_t index = 0;
    const json_t *item = NULL;
    json_array_foreach(list, index, item)
    {
        const char *name = json_string_value(json_object_get(item, "name"));
        add_name(complete, name, is_property);
        if (name && is_property && strncmp(name, streams_prefix, strlen(streams_prefix)) == 0) {
            add_name(complete, name + strlen(streams_prefix), true); /* as people write it */
        }
        if (nested) {
            add_list(complete, json_object_get(item, nested), NULL, is_property);
        }
    }
}

static void load(struct shell_complete *complete)
{
    struct diag diag;
    arena_reset(&complete->arena);
    complete->names = NULL;
    complete->name_count = 0;
    complete->name_room = 0;
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        json_t *entities = NULL;
        if (shell_session_ask(complete->session, text_of(sources[i].statement), &entities, &diag) ==
            STATUS_OK) {
            add_list(complete, json_object_get(json_array_get(entities, 0), sources[i].list),
                     sources[i].nested, sources[i].is_property);
            json_decref(entities);
        }
    }
    complete->change_count = complete->session->change_count;
    complete->is_loaded = true;
}

/* --- Matches ------------------------------------------------------------------------------ */

static bool is_word_byte(char c, bool is_string)
{
    return isalnum((unsigned char)c) || c == '_' || (is_string && (c == '.' || c == '-'));
}

static void add_match(struct completion *completion, struct text word, struct text candidate)
{
    if (completion->count < COMPLETION_MATCH_MAX && candidate.bytes >= word.bytes &&
        text_equal_nocase((struct text){candidate.data, word.bytes}, word)) {
        completion->matches[completion->count++] = candidate;
    }
}

static int compare_matches(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static void sort_once(struct completion *completion)
{
    size_t kept = 0;
    qsort(completion->matches, completion->count, sizeof(completion->matches[0]), compare_matches);
    for (size_t i = 0; i < completion->count; i++) {
        if (kept == 0 || !text_equal(completion->matches[kept - 1], completion->matches[i])) {
            completion->matches[kept++] = completion->matches[i];
        }
    }
    completion->count = kept;
}

/* Is the byte before the cursor inside a string? */
static bool is_in_string(struct text text, size_t cursor)
{
    unsigned char inks[4096];
    if (cursor == 0 || cursor > sizeof(inks)) {
        return false;
    }
    shell_syntax_ink((struct text){text.data, cursor}, inks);
    return inks[cursor - 1] == INK_STRING;
}

void shell_complete_find(struct shell_complete *complete, struct text text, size_t cursor,
                         struct completion *out)
{
    size_t keyword_count = 0;
    const bool is_string = is_in_string(text, cursor);
    out->count = 0;
    out->start = cursor;
    while (out->start > 0 && is_word_byte(text.data[out->start - 1], is_string)) {
        out->start--;
    }
    if (out->start == 1 && text.data[0] == '.') { /* a command of the shell */
        out->start = 0;
    }
    const struct text word = {text.data + out->start, cursor - out->start};
    if (word.bytes == 0) {
        return;
    }
    if (!complete->is_loaded || complete->change_count != complete->session->change_count) {
        load(complete);
    }
    for (size_t i = 0; i < complete->name_count; i++) {
        if (complete->names[i].is_property == is_string) {
            add_match(out, word, complete->names[i].text);
        }
    }
    for (size_t i = 0; out->start == 0 && shell_commands_words(i); i++) {
        add_match(out, word, text_of(shell_commands_words(i)));
    }
    const struct keyword *keywords = keywords_all(&keyword_count);
    for (size_t i = 0; i < keyword_count && !is_string; i++) {
        add_match(out, word, keywords[i].text);
    }
    sort_once(out);
}
