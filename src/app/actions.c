/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All commands of a window, and their keys. Keys without Ctrl are the canvas's, so that typing into a field types. */
#include "window.h"

static const struct {
    const char *action;
    const char *keys[3];
} accels[] = {
    {"win.save", {"<Control>s"}},
    {"win.save-as", {"<Control><Shift>s"}},
    {"win.export-edits", {"<Control>e"}},
    {"win.import-edits", {"<Control>i"}},
    {"win.close", {"<Control>w"}},
    {"win.undo", {"<Control>z"}},
    {"win.redo", {"<Control><Shift>z", "<Control>y"}},
    {"win.select-all", {"<Control>a"}},
    {"win.select-none", {"<Control>d"}},
    {"win.select-invert", {"<Control><Shift>i"}},
    {"win.zoom-in", {"<Control>plus", "<Control>equal"}},
    {"win.zoom-out", {"<Control>minus"}},
    {"win.zoom-in-freq", {"<Control><Shift>Up"}},
    {"win.zoom-out-freq", {"<Control><Shift>Down"}},
    {"win.zoom-fit", {"<Control>0"}},
    {"win.zoom-selection", {"<Control>1"}},
    {"win.lane-next", {"<Control>Page_Down"}},
    {"win.lane-previous", {"<Control>Page_Up"}},
    {"win.show-overview", {"<Control>F7"}},
    {"win.show-waveform", {"<Control>F8"}},
    {"win.show-inspector", {"F9"}},
    {"win.fullscreen", {"F11"}},
    {"win.menu", {"F10"}},
    {"win.play-around", {"<Control>space"}},
    {"win.rewind", {"<Control>Home"}},
    {"win.return-to-start", {"<Control>r"}},
    {"win.show-meters", {"<Control>F9"}},
};

void window_set_accels(GtkApplication *app)
{
    g_auto(GStrv) there = gtk_application_get_accels_for_action(app, accels[0].action);
    for (gsize i = 0; !there[0] && i < G_N_ELEMENTS(accels); i++) {
        const char *keys[] = {accels[i].keys[0], accels[i].keys[1], accels[i].keys[2], NULL};
        gtk_application_set_accels_for_action(app, accels[i].action, keys);
    }
}

void window_add_actions(SonoWindow *w)
{
    window_add_file_actions(w);
    window_add_edit_actions(w);
    window_add_tool_actions(w);
    window_add_view_actions(w);
    window_add_transform_actions(w);
    window_add_listen_actions(w);
}
