/* date_functions.h: row code of the DATE / TIME functions, named by the table in date_family.c.
 */
#ifndef FUNCTIONS_DATE_FUNCTIONS_H
#define FUNCTIONS_DATE_FUNCTIONS_H

#include "functions/function.h"

/* date_arithmetic.c */
enum status date_unix_date_now(struct function_call *call, const struct value *args,
                               struct value *out);
enum status date_unix_date(struct function_call *call, const struct value *args, struct value *out);
enum status date_unix_timestamp_now(struct function_call *call, const struct value *args,
                                    struct value *out);
enum status date_unix_timestamp(struct function_call *call, const struct value *args,
                                struct value *out);
enum status date_from_unixtime(struct function_call *call, const struct value *args,
                               struct value *out);
enum status date_from_days(struct function_call *call, const struct value *args, struct value *out);
enum status date_dateadd(struct function_call *call, const struct value *args, struct value *out);
enum status date_datesub(struct function_call *call, const struct value *args, struct value *out);
enum status date_timeadd(struct function_call *call, const struct value *args, struct value *out);
enum status date_timesub(struct function_call *call, const struct value *args, struct value *out);
enum status date_timestampadd(struct function_call *call, const struct value *args,
                              struct value *out);
enum status date_timestampsub(struct function_call *call, const struct value *args,
                              struct value *out);
enum status date_convert_tz(struct function_call *call, const struct value *args,
                            struct value *out);

/* date_text.c */
enum status date_format_date(struct function_call *call, const struct value *args,
                             struct value *out);
enum status date_format_time(struct function_call *call, const struct value *args,
                             struct value *out);
enum status date_format_timestamp(struct function_call *call, const struct value *args,
                                  struct value *out);
enum status date_timestamptostring(struct function_call *call, const struct value *args,
                                   struct value *out);
enum status date_parse_date(struct function_call *call, const struct value *args,
                            struct value *out);
enum status date_parse_time(struct function_call *call, const struct value *args,
                            struct value *out);
enum status date_parse_timestamp(struct function_call *call, const struct value *args,
                                 struct value *out);
enum status date_stringtodate(struct function_call *call, const struct value *args,
                              struct value *out);
enum status date_stringtotimestamp(struct function_call *call, const struct value *args,
                                   struct value *out);

#endif
