# SPDX-License-Identifier: GPL-3.0-or-later
# What `cmake --install` puts where. The program finds its parts beside itself, so that any prefix will do.
include(GNUInstallDirs)
set(app_id io.github.sonobrush.Sonobrush)

install(TARGETS sonobrush-cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS sonobrush-codec sonobrush-audio RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/sonobrush)
install(FILES docs/man/sonobrush-cli.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES assets/desktop/sonobrush-cli.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME sonobrush-cli)

if(TARGET sonobrush)
  install(TARGETS sonobrush RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES docs/man/sonobrush.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES assets/desktop/sonobrush.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
          RENAME sonobrush)
  install(FILES assets/icons/${app_id}.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps)
  install(FILES assets/icons/${app_id}-symbolic.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/symbolic/apps)
  install(FILES assets/desktop/${app_id}.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/mime/packages)
  if(TARGET translations) # what else is shown to people is made by the same tool
    set(desktop ${CMAKE_BINARY_DIR}/src/app/${app_id})
    foreach(language ${SONO_LANGUAGES})
      install(FILES ${CMAKE_BINARY_DIR}/src/app/locale/${language}/LC_MESSAGES/sonobrush.mo
              DESTINATION ${CMAKE_INSTALL_DATADIR}/locale/${language}/LC_MESSAGES)
    endforeach()
  else()
    set(desktop assets/desktop/${app_id})
  endif()
  install(FILES ${desktop}.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
  install(FILES ${desktop}.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
endif()
