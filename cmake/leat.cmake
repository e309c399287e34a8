# Flags, the two helpers that every folder uses, and two for functions of users.

add_library(leat_flags INTERFACE)
target_include_directories(leat_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_definitions(leat_flags INTERFACE _GNU_SOURCE)
target_compile_options(leat_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -Wswitch-enum -Wundef -fno-strict-aliasing -fstack-protector-strong)
if(LEAT_WERROR)
  target_compile_options(leat_flags INTERFACE -Werror)
endif()
if(LEAT_NATIVE)
  target_compile_options(leat_flags INTERFACE -march=native)
endif()
if(LEAT_SANITIZE)
  target_compile_options(leat_flags INTERFACE
    -fsanitize=${LEAT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(leat_flags INTERFACE -fsanitize=${LEAT_SANITIZE})
endif()
if(LEAT_COVERAGE)
  target_compile_options(leat_flags INTERFACE --coverage)
  target_link_options(leat_flags INTERFACE --coverage)
endif()

# leat_library(NAME SOURCES a.c b.c LINKS leat_base PkgConfig::X): the static library of one folder.
function(leat_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC leat_flags ${ARG_LINKS})
endfunction()

# leat_test(NAME SOURCES x_test.c LINKS leat_base): a cmocka program that ctest runs.
function(leat_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} leat_flags PkgConfig::CMOCKA)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES
    TIMEOUT 300
    ENVIRONMENT "LEAT_SHARED=${PROJECT_SOURCE_DIR}/../shared;LEAT_SOURCE=${PROJECT_SOURCE_DIR}")
endfunction()

# leat_load_extensions(NAME): the program can load functions of users. They may call all that base/
# and functions/ declare, so all of it is linked in and exported.
function(leat_load_extensions name)
  set_target_properties(${name} PROPERTIES
    ENABLE_EXPORTS ON
    LINK_LIBRARY_OVERRIDE "WHOLE_ARCHIVE,leat_functions,leat_base")
endfunction()

# leat_extension(NAME SOURCES a.c): a shared object with functions of users, NAME.so.
function(leat_extension name)
  cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
  add_library(${name} MODULE ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE leat_flags)
  set_target_properties(${name} PROPERTIES PREFIX "")
endfunction()
