/* geo_functions.c
 *
 * GEO_DISTANCE: the great-circle distance of two points by the haversine formula, on a sphere
 * of 6371 km or 3959 miles. Source: ksqlDB's GeoDistance.
 */
#include <math.h>

#include "functions/families.h"

enum { EARTH_KM = 6371, EARTH_MILES = 3959 };

static const char *const km_names[] = {"km",        "kilometer",  "kilometers",
                                       "kilometre", "kilometres", NULL};
static const char *const mile_names[] = {"mi", "mile", "miles", NULL};

static bool is_one_of(struct text word, const char *const *names)
{
    for (; *names; names++) {
        if (text_equal_nocase(word, text_of(*names))) {
            return true;
        }
    }
    return false;
}

/* String.trim. */
static struct text trim(struct text text)
{
    while (text.bytes && (unsigned char)text.data[0] <= ' ') {
        text.data++;
        text.bytes--;
    }
    while (text.bytes && (unsigned char)text.data[text.bytes - 1] <= ' ') {
        text.bytes--;
    }
    return text;
}

static enum status find_radius(struct function_call *call, const struct value *args, double *out)
{
    *out = EARTH_KM;
    if (call->argument_count < 5 || args[4].is_null) {
        return STATUS_OK;
    }
    const struct text unit = trim(args[4].text);
    if (unit.bytes == 0 || is_one_of(unit, km_names)) {
        return STATUS_OK;
    }
    *out = EARTH_MILES;
    if (is_one_of(unit, mile_names)) {
        return STATUS_OK;
    }
    return function_fail(call,
                         "GeoDistance function units parameter must be one of [mi, mile, miles] "
                         "or [km, kilometer, kilometers, kilometre, kilometres]. Values are case "
                         "insensitive. Got: %.*s",
                         TEXT_ARGS(unit));
}

static double radians(double degrees)
{
    return degrees * 0.017453292519943295;
}

static double square_of_half_sine(double angle)
{
    const double sine = sin(angle / 2.0);
    return sine * sine;
}

static enum status geo_distance(struct function_call *call, const struct value *args,
                                struct value *out)
{
    double radius = 0.0;
    for (int i = 0; i < 4; i++) {
        const double limit = i % 2 == 0 ? 90.0 : 180.0; /* latitude, longitude */
        if (args[i].real < -limit || args[i].real > limit) {
            return function_fail(call,
                                 "valid latitude values for GeoDistance function are in the "
                                 "range of -90 to 90 and valid longitude values in that of -180 "
                                 "to 180");
        }
    }
    TRY(find_radius(call, args, &radius));
    const double share = square_of_half_sine(radians(args[2].real - args[0].real)) +
                         square_of_half_sine(radians(args[3].real - args[1].real)) *
                             cos(radians(args[0].real)) * cos(radians(args[2].real));
    *out = value_real(2.0 * asin(sqrt(share)) * radius);
    return STATUS_OK;
}

#define POINT_LINES                                                                                \
    "lat1: Latitude of the first point in degrees.\nlon1: Its longitude.\n"                        \
    "lat2: Latitude of the second point.\nlon2: Its longitude."

static const struct function_def geo_table[] = {
    {.name = "GEO_DISTANCE",
     .spelling = "geo_distance",
     .category = "OTHER",
     .parameters = "DOUBLE lat1, DOUBLE lon1, DOUBLE lat2, DOUBLE lon2",
     .returns = "DOUBLE",
     .flags = FUNCTION_PRIMITIVE_NUMBERS,
     .call = geo_distance,
     .summary = "Returns the great-circle distance of two points on the Earth, in kilometers "
                "unless a unit is given.",
     .manual = POINT_LINES},
    {.name = "GEO_DISTANCE",
     .spelling = "geo_distance",
     .category = "OTHER",
     .parameters = "DOUBLE lat1, DOUBLE lon1, DOUBLE lat2, DOUBLE lon2, VARCHAR units",
     .returns = "DOUBLE",
     .flags = FUNCTION_PRIMITIVE_NUMBERS,
     .call = geo_distance,
     .manual = POINT_LINES "\nunits: 'mi' or 'km', or these words in full."},
};

const struct function_family geo_family = {
    .functions = geo_table, .function_count = sizeof(geo_table) / sizeof(geo_table[0])};
