/* facts.c - what a number and a generation say. Part of stress_map. */
#include "stress.h"

#include <stdio.h>
#include <string.h>

static uint32_t mix(uint32_t a, uint32_t b)
{
	uint64_t x = ((uint64_t)a << 32 | b) * UINT64_C(0x9E3779B97F4A7C15);

	return (uint32_t)(x >> 32);
}

void stress_user(uint32_t u, uint32_t generation, struct stress_user *ret)
{
	/* Of few sizes: a record could be written over by the next. */
	uint32_t fill = mix(u, generation) % 3 * 900;
	int n;

	/* Neighbours among those that come and go exchange their uids. */
	ret->uid = FIRST + (u < STEADY ? u : u ^ (generation & 1));
	ret->gid = GROUPS + mix(generation, u) % 1000;
	snprintf(ret->name, sizeof(ret->name), "user%u@lightwave.test", u);
	n = snprintf(ret->gecos, sizeof(ret->gecos), "%u %010u ", u,
		     generation);
	memset(ret->gecos + n, 'a' + (int)(mix(u, generation) % 26), fill);
	ret->gecos[n + (int)fill] = '\0';
	snprintf(ret->dir, sizeof(ret->dir), "/home/%010u/%u", generation, u);
	snprintf(ret->shell, sizeof(ret->shell), "/bin/%08x",
		 mix(u + 1, ~generation));
}

void stress_group(uint32_t g, uint32_t generation, struct stress_group *ret)
{
	ret->gid = GROUPS + g;
	ret->count = 1 + mix(g, generation) % 31;
	snprintf(ret->name, sizeof(ret->name), "group%u@lightwave.test", g);
	for (uint32_t i = 0; i < ret->count; i++)
		snprintf(ret->member[i], sizeof(ret->member[i]), "%u.%u.%u",
			 generation, g, i);
}

/* In order, as the module gives them. */
uint32_t stress_gids(uint32_t u, uint32_t generation, uint32_t *ret)
{
	uint32_t n = 2 + mix(u, generation) % (STRESS_GIDS - 2);

	ret[0] = FIRST + generation;
	ret[1] = UINT32_C(0x30000000) + u;
	for (uint32_t i = 2; i < n; i++)
		ret[i] = UINT32_C(0x40000000) + (generation % (1u << 20)) * 64 +
			 i;
	return n;
}

void stress_missed(uint32_t a, uint32_t b, char ret[32])
{
	snprintf(ret, 32, "nobod%03unobod%03u", a % MISSED, b % MISSED);
}
