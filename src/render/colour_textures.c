/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colours of levels come from the map that was chosen, colours of phases from a formula. */
#include "colour_textures.h"

#include <math.h>
#include <string.h>

#define TAU 6.283185307179586
#define LIGHTNESS 0.75
#define CHROMA 0.12
#define RED_TURNS (29.0 / 360.0)
#define BLUE_TURNS (259.0 / 360.0)
#define ORANGE_TURNS (59.0 / 360.0)
#define PLACES 256
#define HUES 256 /* of each kind */

const char *const sono_show_names[] = {"level", "phase", NULL};

static GLuint new_texture(void)
{
    GLuint texture = 0;
    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    return texture;
}

void colour_textures_init(ColourTextures *colours)
{
    *colours = (ColourTextures){.map = new_texture()};
    glBindTexture(GL_TEXTURE_2D, 0);
}

void colour_textures_clear(ColourTextures *colours)
{
    glDeleteTextures(1, &colours->map);
    glDeleteTextures(1, &colours->phase);
    *colours = (ColourTextures){0};
}

static double srgb_of_linear(double x)
{
    const double c = fmin(fmax(x, 0.0), 1.0);
    return c <= 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1.0 / 2.4) - 0.055;
}

/* Matrices as given by Ottosson. */
static void srgb_of_oklab(double lightness, double a, double b, double rgb[3])
{
    const double l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3.0);
    const double m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3.0);
    const double s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3.0);
    rgb[0] = srgb_of_linear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
    rgb[1] = srgb_of_linear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
    rgb[2] = srgb_of_linear(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
}

void colour_of_phase(bool raw_phase, double second, double place, double rgb[3])
{
    const double chroma = raw_phase ? CHROMA : CHROMA * fmin(fabs(second), 1.0);
    const double turns = raw_phase ? RED_TURNS + second : second < 0.0 ? BLUE_TURNS : ORANGE_TURNS;
    srgb_of_oklab(place * LIGHTNESS, place * chroma * cos(TAU * turns), place * chroma * sin(TAU * turns), rgb);
}

void colour_textures_second(bool raw_phase, float out[3])
{
    /* a phase of -0.5 .. 0.5 turns, a deviation of -1 .. 1 bins: row i stands for its middle */
    out[0] = raw_phase ? (float)HUES : 0.5f * (float)HUES;
    out[1] = 0.5f * (float)HUES;
    out[2] = raw_phase ? 0.0f : (float)HUES;
}

static void make_phase_texture(ColourTextures *colours)
{
    static const size_t row_bytes = (size_t)PLACES * 4;
    uint8_t row[PLACES][4];
    colours->phase = new_texture();
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, PLACES, 2 * HUES, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
    memset(row, 255, row_bytes);
    for (int y = 0; y < 2 * HUES; y++) {
        const bool raw_phase = y < HUES;
        const double at = ((y % HUES) + 0.5) / HUES - 0.5;
        for (int x = 0; x < PLACES; x++) {
            double rgb[3];
            colour_of_phase(raw_phase, raw_phase ? at : 2.0 * at, x / (PLACES - 1.0), rgb);
            for (int i = 0; i < 3; i++) {
                row[x][i] = (uint8_t)lround(255.0 * rgb[i]);
            }
        }
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, y, PLACES, 1, GL_RGBA, GL_UNSIGNED_BYTE, row);
    }
}

static void load_map(ColourTextures *colours, const SonoColourMap *map)
{
    uint8_t rgba[PLACES][4];
    for (int i = 0; i < PLACES; i++) {
        memcpy(rgba[i], map->rgb[i], 3);
        rgba[i][3] = 255;
    }
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, PLACES, 1, 0, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
    colours->loaded = map;
}

void colour_textures_use(ColourTextures *colours, const SonoRenderView *view)
{
    glActiveTexture(GL_TEXTURE0 + UNIT_MAP);
    if (view->show == SONO_SHOW_PHASE) {
        if (!colours->phase) {
            make_phase_texture(colours);
        }
        glBindTexture(GL_TEXTURE_2D, colours->phase);
        return;
    }
    const SonoColourMap *map = view->map ? view->map : sono_colour_maps[0];
    glBindTexture(GL_TEXTURE_2D, colours->map);
    if (colours->loaded != map) {
        load_map(colours, map);
    }
}
