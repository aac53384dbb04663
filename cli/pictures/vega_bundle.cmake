# Vega, from the modules that Debian's libjs-vega has, as one script: modules are functions that a
# few lines of page.js require by name. The script is linked into the program, so that the pages it
# writes need no network.
find_path(VEGA_MODULES NAMES vega-view.min.js PATHS /usr/share/javascript/vega
          DOC "Folder of Vega's modules (Debian: libjs-vega)")
if(NOT VEGA_MODULES)
  message(FATAL_ERROR "Vega's modules are missing: install libjs-vega (tools/install_packages.sh)")
endif()
set(vega_names util time format loader statistics canvas dataflow scale event-selector expression
  scenegraph selection projection geo functions runtime transforms view-transforms encode label
  parser view)
set(vega_script ${CMAKE_CURRENT_BINARY_DIR}/vega_bundle.js)
set(vega_text "// Vega: copyright University of Washington Interactive Data Lab, BSD 3-clause licence.\n")
foreach(name IN LISTS vega_names)
  set(module ${VEGA_MODULES}/vega-${name}.min.js)
  if(NOT EXISTS ${module})
    continue()  # not every version has every module; page.js says which it cannot do without
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${module})
  file(READ ${module} module_text)
  string(APPEND vega_text
         "tesseraModules['vega-${name}'] = function (exports, module, require) {\n${module_text}\n};\n")
endforeach()
file(CONFIGURE OUTPUT ${vega_script} CONTENT "@vega_text@" @ONLY)
