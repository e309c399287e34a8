/* json_reader.h: JSON text to SQL values by the coercion rules of ksqlDB's JSON format.
 *
 * A reader goes over one record in one of two ways. The quick way reads values where they
 * stand, in the order of the document, and gives up at anything unusual: a fault, a value that
 * does not convert, a name that occurs twice. The careful way then reads the record again as
 * Jackson and ksqlDB would: the text as a whole is checked first, the last of several equal
 * names counts, fields are converted in the order of the schema, and what fails is worded.
 *
 * Source: ksqlDB KsqlJsonDeserializer and JsonSerdeUtils. Thread: one at a time. */
#ifndef FORMATS_JSON_READER_H
#define FORMATS_JSON_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bounds.h"
#include "base/status.h"
#include "base/text.h"
#include "base/value.h"
#include "formats/json_plan.h"
#include "formats/json_scan.h"

/* One step of the path that messages show: ".NAME", "[3]" or ".name.value". */
struct json_step {
    enum { JSON_STEP_FIELD, JSON_STEP_INDEX, JSON_STEP_ENTRY } kind;
    uint32_t index;
    struct text name;
};

struct json_reader {
    struct json_scan scan;
    struct arena *arena; /* of the values; also takes messages */
    bool is_careful;
    enum status status;  /* STATUS_NO_MEMORY when that is why a read failed */
    struct text message; /* careful: why a value did not convert; data NULL if it was not that */
    uint32_t step_count;
    struct json_step steps[VALUE_DEPTH_MAX + 2];
};

/* Points the reader at another record. */
static inline void json_reader_start(struct json_reader *reader, struct text json, bool is_careful)
{
    reader->scan = (struct json_scan){.begin = json.data, .end = json.data + json.bytes};
    reader->is_careful = is_careful;
    reader->message = (struct text){NULL, 0};
    reader->step_count = 0;
}

/* Reads the value whose first character stands at at; returns the position behind it, or NULL.
 * JSON null gives a NULL value. */
const char *json_read_at(struct json_reader *reader, struct json_plan *plan, const char *at,
                         struct value *out);

/* Reads any value as STRING. *is_clean says that the text can stand in JSON as it is. */
const char *json_read_text(struct json_reader *reader, const char *at, struct text *out,
                           bool *is_clean);

/* Careful: notes in object->exact where the value of each field starts (NULL: absent). at stands
 * at the opening brace. */
const char *json_locate_fields(struct json_reader *reader, struct json_object *object,
                               const char *at);

/* Careful: what the text's one value is, after checking all of it: at its first character, NULL
 * when the text is at fault. *is_missing says that there is no value at all. */
const char *json_check_document(struct json_reader *reader, bool *is_missing);

/* Out of memory; always NULL. */
static inline const char *json_no_memory(struct json_reader *reader)
{
    reader->status = STATUS_NO_MEMORY;
    return NULL;
}

/* The name at at, which is not the predicted one; sets object->last. */
const char *json_find_key(struct json_reader *reader, struct json_object *object, const char *at);

/* Starts an object whose opening brace stands at at: the position of its first name, or behind
 * the object, with *is_end set, when it is empty. */
static inline const char *json_open_object(struct json_reader *reader, struct json_object *object,
                                           const char *at, bool *is_end)
{
    object->serial++;
    object->last = &object->start;
    at = json_skip_space(&reader->scan, at + 1);
    *is_end = at < reader->scan.end && *at == '}';
    return at + *is_end;
}

/* Reads a name and its colon, trying first the name that came here last time. */
static inline const char *json_read_key(struct json_reader *reader, struct json_object *object,
                                        const char *at)
{
    struct json_key *next = object->last->next;
    if (next && json_key_matches(next, at, reader->scan.end)) {
        object->last = next;
        return json_skip_space(&reader->scan, at + next->pattern_bytes);
    }
    return json_find_key(reader, object, at);
}

/* Behind a member's value: the position of the next name, or behind the object with *is_end. */
static inline const char *json_next_member(struct json_reader *reader, const char *at, bool *is_end)
{
    at = json_skip_space(&reader->scan, at);
    if (at == reader->scan.end) {
        return json_fail(&reader->scan, JSON_FAULT_END, at);
    }
    if (*at == ',') {
        return json_skip_space(&reader->scan, at + 1);
    }
    *is_end = *at == '}';
    return *is_end ? at + 1 : json_fail(&reader->scan, JSON_FAULT_OBJECT_COMMA, at);
}

#endif
