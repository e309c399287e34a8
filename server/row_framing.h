/* row_framing.h: rows of a cursor as the bytes of a response, in each of ksqlDB's framings.
 *
 *     delimited      {"queryId":..,"columnNames":[..],"columnTypes":[..]}\n [1,"x"]\n ..
 *     json           [{"queryId":..}\n,[1,"x"]\n ..]\n
 *     v1+json        [{"header":{..}},\n{"row":{"columns":[1,"x"]}},\n{"finalMessage":".."}]\n
 *     v1+protobuf    [{"header":{"protoSchema":..}},\n{"row":{"protobufBytes":".."}}, ..]\n
 *     text           the lines of PRINT as they are
 *     websocket      [{"name":..,"schema":{..}}]\n{"row":{"columns":[1,"x"]}}\n{"error":"done"}\n
 *
 * Line feeds stand between JSON values and nowhere within them, so a front end can cut there.
 * Source: ksqlDB's QueryStreamResponseWriter and its subclasses, StreamedRow, and for websocket
 * WebSocketSubscriber and SessionUtil.
 * Thread: one at a time. */
#ifndef SERVER_ROW_FRAMING_H
#define SERVER_ROW_FRAMING_H

#include "engine/engine.h"
#include "server/error_code.h"
#include "server/media_type.h"

struct row_framing {
    enum media_type media;
    const struct cursor *cursor; /* borrowed; for its schema and kind */
    bool is_print;               /* lines instead of rows, and no header */
    bool has_final_message;      /* ksqlDB ends everything but pull queries on tables with one */
    bool has_begun;
};

void row_framing_init(struct row_framing *framing, enum media_type media,
                      const struct cursor *cursor);

void row_framing_write_header(struct row_framing *framing, struct buffer *out);
/* Returns how many rows were written: delimited and json leave tombstones out. */
size_t row_framing_write_chunk(struct row_framing *framing, const struct row_chunk *chunk,
                               struct buffer *out);
void row_framing_write_end(struct row_framing *framing, const char *message, struct buffer *out);
void row_framing_write_error(struct row_framing *framing, enum error_code code, struct text message,
                             struct buffer *out);

#endif
