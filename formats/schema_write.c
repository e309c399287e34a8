/* schema_write.c
 *
 * One function per language that schemas are written in; a table picks it. */
#include "formats/avro_schema.h"
#include "formats/json_schema.h"
#include "formats/proto_schema.h"

typedef enum status schema_writer(struct arena *arena, const struct schema_writing *writing,
                                  struct buffer *out, struct diag *diag);

static schema_writer *const writers[FORMAT_KIND_COUNT] = {
    [FORMAT_JSON_SR] = json_schema_write,
    [FORMAT_AVRO] = avro_schema_write,
    [FORMAT_PROTOBUF] = proto_schema_write,
    [FORMAT_PROTOBUF_NOSR] = proto_schema_write,
};

enum status schema_write(struct arena *arena, const struct schema_writing *writing,
                         struct buffer *out, struct diag *diag)
{
    schema_writer *writer = writers[writing->format];
    return writer ? writer(arena, writing, out, diag)
                  : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s has no schemas",
                              format_info(writing->format)->name);
}
