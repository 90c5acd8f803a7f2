# SPDX-License-Identifier: GPL-3.0-or-later
# Translations: assets/po/*.po as src/app/locale/*/LC_MESSAGES/sonobrush.mo in the build folder, where the program finds them
# as it does when it is installed; desktop file and metainfo with all languages in them. Target "pot" gathers the texts.
find_program(MSGFMT msgfmt)
if(NOT MSGFMT)
  message(NOTICE "msgfmt was not found: the window speaks English only")
  return()
endif()

set(po_folder ${CMAKE_SOURCE_DIR}/assets/po)
set(out ${CMAKE_BINARY_DIR}/src/app)
file(STRINGS ${po_folder}/LINGUAS SONO_LANGUAGES)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${po_folder}/LINGUAS)
set(made "")
set(po_files "")
foreach(language ${SONO_LANGUAGES})
  set(mo ${out}/locale/${language}/LC_MESSAGES/sonobrush.mo)
  add_custom_command(OUTPUT ${mo}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${out}/locale/${language}/LC_MESSAGES
    COMMAND ${MSGFMT} --check -o ${mo} ${po_folder}/${language}.po
    DEPENDS ${po_folder}/${language}.po VERBATIM)
  list(APPEND made ${mo})
  list(APPEND po_files ${po_folder}/${language}.po)
endforeach()

set(stem io.github.sonobrush.Sonobrush)
add_custom_command(OUTPUT ${out}/${stem}.desktop
  COMMAND ${MSGFMT} --desktop --template=${CMAKE_SOURCE_DIR}/assets/desktop/${stem}.desktop -d ${po_folder}
          -o ${out}/${stem}.desktop
  DEPENDS ${CMAKE_SOURCE_DIR}/assets/desktop/${stem}.desktop ${po_files} ${po_folder}/LINGUAS VERBATIM)
# Without the folder msgfmt does not find the rules for metainfo when it lies outside its own prefix.
add_custom_command(OUTPUT ${out}/${stem}.metainfo.xml
  COMMAND ${CMAKE_COMMAND} -E env GETTEXTDATADIRS=/usr/share/gettext
          ${MSGFMT} --xml --template=${CMAKE_SOURCE_DIR}/assets/desktop/${stem}.metainfo.xml -d ${po_folder}
          -o ${out}/${stem}.metainfo.xml
  DEPENDS ${CMAKE_SOURCE_DIR}/assets/desktop/${stem}.metainfo.xml ${po_files} ${po_folder}/LINGUAS VERBATIM)
add_custom_target(translations ALL DEPENDS ${made} ${out}/${stem}.desktop ${out}/${stem}.metainfo.xml)
add_custom_target(pot COMMAND ${CMAKE_SOURCE_DIR}/scripts/update-po.sh ${CMAKE_BINARY_DIR} VERBATIM)
