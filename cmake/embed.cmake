# Turns SQL files and the standard library into generated headers. Statements are named in C++ and written in SQL.
#
# embed_sql(TARGET QUERIES MIGRATIONS) makes <generated>/<folder of QUERIES>/sql.h with
#   namespace sop::runtime::sql {
#     inline constexpr std::string_view NAME = "…";             for each "-- name: NAME" section of QUERIES
#     inline constexpr std::string_view migrations[] = {"…"};   the *.up.sql files of MIGRATIONS in the order of their numbers
#   }
function(embed_sql TARGET QUERIES MIGRATIONS)
  get_filename_component(FOLDER ${QUERIES} DIRECTORY)
  set(OUTPUT ${PROJECT_BINARY_DIR}/generated/${FOLDER}/sql.h)
  file(GLOB MIGRATION_FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${MIGRATIONS}/*.up.sql)
  list(SORT MIGRATION_FILES)
  add_custom_command(
    OUTPUT ${OUTPUT}
    COMMAND ${CMAKE_COMMAND} -DQUERIES=${PROJECT_SOURCE_DIR}/${QUERIES} "-DMIGRATIONS=${MIGRATION_FILES}"
            -DOUTPUT=${OUTPUT} -P ${PROJECT_SOURCE_DIR}/cmake/write_sql_header.cmake
    DEPENDS ${PROJECT_SOURCE_DIR}/${QUERIES} ${MIGRATION_FILES} ${PROJECT_SOURCE_DIR}/cmake/write_sql_header.cmake
    VERBATIM)
  target_sources(${TARGET} PRIVATE ${OUTPUT})
endfunction()

# embed_library(TARGET FOLDER) makes <generated>/lang/library_texts.h with every .sop file of FOLDER: `std.calendar.cn` is
# FOLDER/calendar/cn.sop.
function(embed_library TARGET FOLDER)
  set(OUTPUT ${PROJECT_BINARY_DIR}/generated/lang/library_texts.h)
  file(GLOB_RECURSE FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${FOLDER}/*.sop)
  list(SORT FILES)
  add_custom_command(
    OUTPUT ${OUTPUT}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${FILES}" -DFOLDER=${PROJECT_SOURCE_DIR}/${FOLDER} -DOUTPUT=${OUTPUT}
            -P ${PROJECT_SOURCE_DIR}/cmake/write_library_header.cmake
    DEPENDS ${FILES} ${PROJECT_SOURCE_DIR}/cmake/write_library_header.cmake
    VERBATIM)
  target_sources(${TARGET} PRIVATE ${OUTPUT})
endfunction()
