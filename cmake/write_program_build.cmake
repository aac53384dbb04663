# Writes a source file with the version of the program and a hash of the sources that decide its
# results, names and contents, so that two builds of one version can be told apart:
#   cmake -DSOURCES=LIST_FILE -DROOT=FOLDER -DVERSION=V -DOUTPUT=FILE -P write_program_build.cmake
# The same sources give the same file, wherever and whenever they are built.
file(STRINGS ${SOURCES} sources)
list(SORT sources)
set(text "")
foreach(source IN LISTS sources)
  file(SHA256 ${ROOT}/${source} hash)
  string(APPEND text "${source} ${hash}\n")
endforeach()
string(SHA256 hash "${text}")
string(SUBSTRING ${hash} 0 12 hash)
file(WRITE ${OUTPUT} "#include \"cli/flags.hpp\"

namespace tessera {

std::string program_build() { return \"${VERSION}+${hash}\"; }

}  // namespace tessera
")
