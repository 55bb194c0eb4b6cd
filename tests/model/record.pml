/*
 * record.pml - a record takes another one's place in both of its chains, and
 * one is dropped, while a reader walks along one of them.
 *
 * Each chain, by key and by id, is FIRST, OLD, LAST. The front replaces OLD by
 * NEW, which has its key (replace() in map_put.c, lw_map_file_link() and
 * lw_map_file_kill() in map_chain.c), and drops FIRST. The reader looks for what OLD and NEW are, or
 * for LAST behind them (lw_map_find_key(), lw_map_find_id()).
 *
 * Claims: of each record that the reader comes to all is there, its time too.
 * LAST is always found. Of OLD and NEW one is found; or neither, by who was
 * past the head of the chain before NEW was there, which it is now; or OLD
 * dead, and then NEW is in both chains.
 *
 * What is taken away, and then a claim must fail:
 * -DNO_RELEASE    the link to NEW is stored relaxed
 * -DNO_ACQUIRE    NEW's bytes are loaded before the link to it
 * -DTIME_LAST     NEW gets its time when it is linked in
 * -DLINK_FIRST    NEW is linked in before its own link leads on
 * -DKILL_FIRST    OLD is out before NEW is in
 * -DKILL_BETWEEN  OLD is out when NEW is in one of the chains
 * -DRELAXED_KILL  the mark and the unlinking are stored relaxed
 * -DCUT_LINK      what is unlinked leads on no more
 * -DUSED_TWICE    the bytes of what is unlinked are written again
 * -DONE_OF_TWO    nothing, but the claim is that nobody ever finds neither
 */
#define FIRST 1
#define OLD   2
#define LAST  3
#define NEW   4

/* The chains. */
#define KEY 0
#define ID  1

#define DEAD  0
#define LIVES 1

#define BUCKET(by)  (by)
#define NEXT(by, r) (2 + 5 * (by) + (r))
#define TIME(r)     (12 + (r))
#define WORD_A(r)   (17 + (r))
#define WORD_B(r)   (22 + (r))
#define WORDS       27
#define STORES      20
#include "weak.pml"

/* What each is found by: NEW by the same as OLD. */
#define NAME(r) ((r) == NEW -> OLD : (r))

byte p; /* the word that leads to it */

#ifdef NO_RELEASE
#define RELEASE_LINK(word, value) relaxed(word, value)
#else
#define RELEASE_LINK(word, value) release(word, value)
#endif

#ifdef RELAXED_KILL
#define RELEASE_KILL(word, value) relaxed(word, value)
#else
#define RELEASE_KILL(word, value) release(word, value)
#endif

inline link(by, r)
{
#ifdef LINK_FIRST
	p = mine[BUCKET(by)];
	RELEASE_LINK(BUCKET(by), r);
	relaxed(NEXT(by, r), p);
#else
	relaxed(NEXT(by, r), mine[BUCKET(by)]);
	RELEASE_LINK(BUCKET(by), r);
#endif
}

inline unlink(by, r)
{
	p = BUCKET(by);
	do
	:: mine[p] != 0 && mine[p] != r -> p = NEXT(by, mine[p])
	:: else -> break
	od;
	if
	:: mine[p] == r -> RELEASE_KILL(p, mine[NEXT(by, r)])
	:: else
	fi;
#ifdef CUT_LINK
	release(NEXT(by, r), 0);
#endif
}

inline kill(r)
{
	RELEASE_KILL(TIME(r), DEAD);
	unlink(KEY, r);
	unlink(ID, r);
#ifdef USED_TWICE
	release(WORD_A(r), 0);
#endif
}

inline replace()
{
	relaxed(WORD_A(NEW), NAME(NEW));
	relaxed(WORD_B(NEW), NAME(NEW));
#ifndef TIME_LAST
	release(TIME(NEW), LIVES);
#endif
#ifdef KILL_FIRST
	kill(OLD);
#endif
	link(KEY, NEW);
#ifdef KILL_BETWEEN
	kill(OLD);
#endif
	link(ID, NEW);
#ifdef TIME_LAST
	release(TIME(NEW), LIVES);
#endif
#if !defined(KILL_FIRST) && !defined(KILL_BETWEEN)
	kill(OLD);
#endif
}

proctype reader()
{
	byte by, name, at, a, b, time, first;

	if
	:: by = KEY
	:: by = ID
	fi;
	if
	:: name = NAME(OLD)
	:: name = NAME(LAST)
	fi;
#ifdef NO_ACQUIRE
	byte early_a = mem[WORD_A(NEW)], early_b = mem[WORD_B(NEW)];
#endif
	first = mem[BUCKET(by)];
	at = first;
	do
	:: at != 0 ->
		if /* in any order */
		:: a = mem[WORD_A(at)]; b = mem[WORD_B(at)]
		:: b = mem[WORD_B(at)]; a = mem[WORD_A(at)]
		fi;
#ifdef NO_ACQUIRE
		if
		:: at == NEW -> a = early_a; b = early_b
		:: else
		fi;
#endif
		assert(a == NAME(at) && b == NAME(at));
		if
		:: a == name -> break
		:: else -> at = mem[NEXT(by, at)]
		fi
	:: else -> break
	od;

	if
	:: at != 0 -> time = mem[TIME(at)]
	:: else
	fi;
	if
	:: at == NEW || at == LAST -> assert(time == LIVES)
	:: at == OLD && time == DEAD ->
		assert(mem[BUCKET(KEY)] == NEW && mem[BUCKET(ID)] == NEW)
	:: at == 0 ->
		assert(name == NAME(OLD));
		assert(first != NEW && mem[BUCKET(by)] == NEW);
#ifdef ONE_OF_TWO
		assert(false);
#endif
	:: else
	fi
}

#define HAVE(r, behind) set(WORD_A(r), NAME(r)); set(WORD_B(r), NAME(r)); \
	set(TIME(r), LIVES); set(NEXT(KEY, r), behind); \
	set(NEXT(ID, r), behind)

init {
	atomic {
		set(BUCKET(KEY), FIRST);
		set(BUCKET(ID), FIRST);
		HAVE(FIRST, OLD);
		HAVE(OLD, LAST);
		HAVE(LAST, 0);
		replace();
		kill(FIRST);
		run memory();
		run reader()
	}
}
