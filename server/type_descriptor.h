/* type_descriptor.h: a type as ksqlDB's REST API describes it in JSON.
 *
 *     {"type":"ARRAY","fields":null,"memberSchema":{"type":"DECIMAL",..,"parameters":{..}}}
 *
 * Source: ksqlDB's SchemaInfo. Thread: any. */
#ifndef SERVER_TYPE_DESCRIPTOR_H
#define SERVER_TYPE_DESCRIPTOR_H

#include "base/buffer.h"
#include "base/type.h"

void type_descriptor_write(const struct type *type, struct buffer *out);

#endif
