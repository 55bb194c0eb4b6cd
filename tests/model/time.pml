/*
 * time.pml - a record that stays gets another time in another round, while a
 * reader looks whether it counts.
 *
 * In round 1 the record counts. Something changes: in round 2 the front doubts
 * it, and it has ended (publish.c); in round 3 it counts again
 * (lw_map_file_new_round(), renew() in map_put.c). The reader loads its round,
 * its time and then the head's round (lw_map_believed()).
 *
 * Claim: nobody believes it for being of round 2, with the time of round 1 or
 * 3. Between two rounds it is not believed at all.
 *
 * What is taken away, and then the claim must fail:
 * -DROUND_FIRST    the front stores the round before the time
 * -DRELAXED_ROUND  it stores the round relaxed
 * -DRELAXED_TIME   it stores the time relaxed
 * -DTIME_FIRST     the reader loads the time before the record's round
 * -DHEAD_FIRST     it loads the head's round before the time
 * -DNO_ACQUIRE     it loads the record's round relaxed
 */
#define ENDED 1
#define LIVES 2

#define HEAD   0
#define ROUND  1
#define TIME   2
#define WORDS  3
#define STORES 8
#include "weak.pml"

#ifdef RELAXED_ROUND
#define RELEASE_ROUND(value) relaxed(ROUND, value)
#else
#define RELEASE_ROUND(value) release(ROUND, value)
#endif

#ifdef RELAXED_TIME
#define RELEASE_TIME(value) relaxed(TIME, value)
#else
#define RELEASE_TIME(value) release(TIME, value)
#endif

inline new_round()
{
	release(HEAD, mine[HEAD] + 1)
}

inline renew(time)
{
#ifdef ROUND_FIRST
	RELEASE_ROUND(mine[HEAD]);
	RELEASE_TIME(time);
#else
	RELEASE_TIME(time);
	RELEASE_ROUND(mine[HEAD]);
#endif
}

proctype reader()
{
	byte round, time, head;

#ifdef TIME_FIRST
	time = mem[TIME];
	round = mem[ROUND];
	head = mem[HEAD];
#else
#ifdef HEAD_FIRST
	round = mem[ROUND];
	head = mem[HEAD];
	time = mem[TIME];
#else
#ifdef NO_ACQUIRE
	if
	:: round = mem[ROUND]; time = mem[TIME]
	:: time = mem[TIME]; round = mem[ROUND]
	fi;
	head = mem[HEAD];
#else
	round = mem[ROUND]; /* load-acquire */
	time = mem[TIME];   /* load-acquire */
	head = mem[HEAD];
#endif
#endif
#endif
	assert(round != head || time != LIVES || round != 2)
}

init {
	atomic {
		set(HEAD, 1);
		set(ROUND, 1);
		set(TIME, LIVES);
		new_round();
		renew(ENDED);
		new_round();
		renew(LIVES);
		run memory();
		run reader()
	}
}
