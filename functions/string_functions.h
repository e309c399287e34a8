/* string_functions.h: row code of the STRING functions, named by the table in string_family.c.
 *
 * Positions and lengths count UTF-16 units, as in Java; results are parts of the arguments
 * where they can be. Those marked strict in the table are never called with a NULL. */
#ifndef FUNCTIONS_STRING_FUNCTIONS_H
#define FUNCTIONS_STRING_FUNCTIONS_H

#include "functions/function.h"

/* string_basic.c */
enum status string_lcase(struct function_call *call, const struct value *args, struct value *out);
enum status string_ucase(struct function_call *call, const struct value *args, struct value *out);
enum status string_initcap(struct function_call *call, const struct value *args, struct value *out);
enum status string_trim(struct function_call *call, const struct value *args, struct value *out);
enum status string_len(struct function_call *call, const struct value *args, struct value *out);
enum status string_len_bytes(struct function_call *call, const struct value *args,
                             struct value *out);
enum status string_substring(struct function_call *call, const struct value *args,
                             struct value *out);
enum status string_substring_bytes(struct function_call *call, const struct value *args,
                                   struct value *out);
enum status string_instr(struct function_call *call, const struct value *args, struct value *out);
enum status string_chr(struct function_call *call, const struct value *args, struct value *out);
enum status string_chr_text(struct function_call *call, const struct value *args,
                            struct value *out);
enum status string_uuid(struct function_call *call, const struct value *args, struct value *out);
enum status string_uuid_bytes(struct function_call *call, const struct value *args,
                              struct value *out);

/* string_join.c; those that take STRING or BYTES do the same bytes for both */
enum status string_concat(struct function_call *call, const struct value *args, struct value *out);
enum status string_concat_ws(struct function_call *call, const struct value *args,
                             struct value *out);
enum status string_elt(struct function_call *call, const struct value *args, struct value *out);
enum status string_field(struct function_call *call, const struct value *args, struct value *out);
enum status string_replace(struct function_call *call, const struct value *args, struct value *out);
enum status string_split(struct function_call *call, const struct value *args, struct value *out);
enum status string_split_to_map(struct function_call *call, const struct value *args,
                                struct value *out);

#endif
