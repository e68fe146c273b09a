# Turns SQL files, the standard library and the explanations of diagnostics into generated headers. Statements are named in
# C++ and written in SQL.
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

# embed_texts(TARGET FOLDER EXTENSION ARRAY PREFIX) makes <generated>/lang/ARRAY.h with
#   namespace sop::lang { inline constexpr EmbeddedText ARRAY[] = {…}; }   every file below FOLDER that ends in .EXTENSION
# by name: FOLDER/calendar/cn.sop is `PREFIXcalendar.cn`.
function(embed_texts TARGET FOLDER EXTENSION ARRAY PREFIX)
  set(OUTPUT ${PROJECT_BINARY_DIR}/generated/lang/${ARRAY}.h)
  file(GLOB_RECURSE FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${FOLDER}/*.${EXTENSION})
  list(SORT FILES)
  add_custom_command(
    OUTPUT ${OUTPUT}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${FILES}" -DFOLDER=${PROJECT_SOURCE_DIR}/${FOLDER} -DEXTENSION=${EXTENSION}
            -DPREFIX=${PREFIX} -DARRAY=${ARRAY} -DOUTPUT=${OUTPUT} -P ${PROJECT_SOURCE_DIR}/cmake/write_texts_header.cmake
    DEPENDS ${FILES} ${PROJECT_SOURCE_DIR}/cmake/write_texts_header.cmake
    VERBATIM)
  target_sources(${TARGET} PRIVATE ${OUTPUT})
endfunction()
