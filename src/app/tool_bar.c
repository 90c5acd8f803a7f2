/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The column of tools: a radio button for each, on win.tool; below them how channels hang together. */
#include "sono_panels.h"

#include <glib/gi18n.h>

#include "sono_tool.h"

static GtkWidget *tool_button(const SonoTool *tool)
{
    GtkWidget *button = gtk_toggle_button_new();
    g_autofree char *tip = g_strdup_printf("%s (%c)\n%s", _(tool->title), g_ascii_toupper(tool->key), _(tool->tip));
    gtk_button_set_icon_name(GTK_BUTTON(button), tool->icon);
    gtk_widget_set_tooltip_text(button, tip);
    gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(tool->title),
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _(tool->tip), -1);
    gtk_actionable_set_action_target(GTK_ACTIONABLE(button), "s", tool->name);
    gtk_actionable_set_action_name(GTK_ACTIONABLE(button), "win.tool");
    return button;
}

/* Selecting, painting, looking. */
static unsigned group(const SonoTool *tool)
{
    return tool->has & (SONO_TOOL_HAS_SELECTION | SONO_TOOL_HAS_BRUSH);
}

GtkWidget *sono_tool_bar_new(void)
{
    GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    gtk_widget_add_css_class(bar, "toolbar");
    gtk_widget_add_css_class(bar, "tool-bar");
    gtk_accessible_update_property(GTK_ACCESSIBLE(bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Tools"), -1);
    for (const SonoTool *const *tool = sono_tools; *tool; tool++) {
        if (tool > sono_tools && group(*tool) != group(tool[-1])) {
            gtk_box_append(GTK_BOX(bar), gtk_separator_new(GTK_ORIENTATION_HORIZONTAL));
        }
        gtk_box_append(GTK_BOX(bar), tool_button(*tool));
    }
    return bar;
}
