/* families.h: the tables of functions/, one family per group of the manual. A family stands in
 * one or a few .c files named after it; registry.c lists those that the builtin registry has. */
#ifndef FUNCTIONS_FAMILIES_H
#define FUNCTIONS_FAMILIES_H

#include "functions/registry.h"

extern const struct function_family aggregate_attr_family;
extern const struct function_family aggregate_average_family;
extern const struct function_family aggregate_by_offset_family;
extern const struct function_family aggregate_collect_family;
extern const struct function_family aggregate_correlation_family;
extern const struct function_family aggregate_count_family;
extern const struct function_family aggregate_count_distinct_family;
extern const struct function_family aggregate_deviation_family;
extern const struct function_family aggregate_extreme_family;
extern const struct function_family aggregate_histogram_family;
extern const struct function_family aggregate_sum_family;
extern const struct function_family aggregate_topk_family;
extern const struct function_family array_family;
extern const struct function_family bytes_family;
extern const struct function_family conditional_family;
extern const struct function_family date_family;
extern const struct function_family geo_family;
extern const struct function_family json_family;
extern const struct function_family lambda_family;
extern const struct function_family map_family;
extern const struct function_family mask_family;
extern const struct function_family math_family;
extern const struct function_family regex_family;
extern const struct function_family string_family;
extern const struct function_family table_family;
extern const struct function_family url_family;

#endif
