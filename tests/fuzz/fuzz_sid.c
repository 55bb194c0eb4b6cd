/*
 * fuzz_sid.c - do SIDs and ids mean each other, and never a reserved id?
 * The input: u8 settings, u32 id, then an objectSid in either form.
 */
#include "fuzz.h"
#include "objsid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char fuzz_target[] = "sid";

#define DOMAIN "S-1-7-21-1-2-3-4"

/* What no directory account may have; said in other words than sid.c's. */
static bool reserved(uint32_t id, uint32_t base)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {
		{ 60001, 60577 }, { 61184, 65519 },	{ 65534, 65535 },
		{ 0, 0 },	  { 0x80000000u, ~0u },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (id >= ranges[i].from && id <= ranges[i].to)
			return true;
	}
	return id < 1000 && (base != 0 || id < 500 || id > 547);
}

static uint32_t little(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* text says what raw, in binary, says. */
static void same_sid(const char *text, const uint8_t *raw, size_t n)
{
	unsigned long long authority = 0;
	char *end;

	fuzz_holds(!strncmp(text, "S-1-", 4), "it begins as SIDs do");
	for (size_t i = 2; i < 8; i++)
		authority = authority << 8 | raw[i];
	fuzz_holds(strtoull(text + 4, &end, 10) == authority,
		   "the authority is the same");
	for (size_t i = 8; i < n; i += 4) {
		fuzz_holds(*end == '-', "parts are parted by '-'");
		fuzz_holds(strtoull(end + 1, &end, 10) == little(raw + i),
			   "each part is the same");
	}
	fuzz_holds(*end == '\0', "there are as many parts");
}

/* The id of a SID comes back to it. */
static void back(const struct lw_idmap *map, const char *sid, uint32_t id)
{
	const char *rid = sid + strlen(DOMAIN) + 1;
	char rids[LW_RID_MAX];
	const char *found;

	fuzz_holds(!reserved(id, map->well_known_base), "no id is reserved");
	fuzz_holds(lw_id_to_rids(map, id, rids) == LW_OK,
		   "an id that is served can be asked for");
	found = strstr(rids, rid);
	while (found &&
	       ((found != rids && found[-1] != ' ') ||
		(found[strlen(rid)] != ' ' && found[strlen(rid)] != '\0')))
		found = strstr(found + 1, rid);
	fuzz_holds(found, "asked for by id, the same SID is meant");
}

static void from_sid(const struct lw_idmap *map, const uint8_t *raw, size_t n)
{
	char text[LW_SID_MAX], again[LW_SID_MAX];
	uint32_t id = 0;
	struct lw_str s = { (const char *)raw, n };
	enum lw_err e = lw_objsid_decode(s, text);

	fuzz_count(e == LW_OK);
	if (e != LW_OK)
		return;
	if (raw[0] == 1)
		same_sid(text, raw, n);
	else
		fuzz_holds(strlen(text) == n && !memcmp(text, raw, n),
			   "text stays as it is");
	fuzz_holds(lw_sid_valid(lw_str(text)), "what is given is a SID");
	fuzz_holds(lw_objsid_decode(lw_str(text), again) == LW_OK &&
			   !strcmp(text, again),
		   "read again, it is the same");
	if (lw_sid_to_id(map, lw_str(text), &id) == LW_OK)
		back(map, text, id);
}

/* One of the SIDs that an id is asked for by has it, and none another. */
static void from_id(const struct lw_idmap *map, uint32_t id)
{
	char rids[LW_RID_MAX], sid[LW_SID_MAX];
	bool found = false;
	char *rid, *rest;

	if (lw_id_to_rids(map, id, rids) != LW_OK)
		return;
	fuzz_holds(!reserved(id, map->well_known_base),
		   "no reserved id is asked for");
	for (rid = strtok_r(rids, " ", &rest); rid;
	     rid = strtok_r(NULL, " ", &rest)) {
		uint32_t got = ~id;

		snprintf(sid, sizeof(sid), DOMAIN "-%s", rid);
		fuzz_holds(lw_sid_valid(lw_str(sid)), "what is asked is a SID");
		if (lw_sid_to_id(map, lw_str(sid), &got) != LW_OK)
			continue;
		fuzz_holds(got == id, "a SID that is asked for has that id");
		found = true;
	}
	fuzz_holds(found, "an id that can be asked for can be somebody's");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lw_idmap map = { .domain_sid = DOMAIN };
	uint32_t id;

	if (size < 5)
		return 0;
	map.legacy_sids = data[0] & 1;
	if (data[0] & 2)
		map.well_known_base = 1000 + (uint32_t)(data[0] >> 2) * 59000;
	id = lw_get_u32(data + 1);
	from_id(&map, id);
	from_sid(&map, data + 5, size - 5);
	return 0;
}
