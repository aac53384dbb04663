# Warnings for our own code; -Werror comes from the preset (CMAKE_COMPILE_WARNING_AS_ERROR).
add_library(tessera_warnings INTERFACE)
target_compile_options(tessera_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-qual -Woverloaded-virtual -Wnull-dereference)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 at -O3 gives a false -Wrestrict on "literal" + std::string, and false
  # -Wnull-dereference inside the standard library's containers.
  target_compile_options(tessera_warnings INTERFACE -Wno-restrict -Wno-null-dereference
                                                    -Wduplicated-cond -Wlogical-op)
endif()

# A library of one top-level folder: tessera_<name>, alias tessera::<name>, sources listed by hand.
function(tessera_library name)
  add_library(tessera_${name} STATIC ${ARGN})
  add_library(tessera::${name} ALIAS tessera_${name})
  target_include_directories(tessera_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(tessera_${name} PRIVATE tessera_warnings)
endfunction()
