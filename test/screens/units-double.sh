#!/bin/sh
# Stands for systemctl where systemd does not run: a unit is a folder with the files `active` and `enabled`. What it
# does not know is an error. What was ordered is written down. A file `state` holds ActiveState and SubState of a unit
# that is in another state than running or ended, until it is ordered into one of those.
set -eu
units=$(cat /etc/test-units)
case $1 in --no-ask-password) shift ;; esac
verb=$1
shift
case $verb in
show)
	if [ "$1" = '--property=LoadState,ActiveState,SubState,NRestarts,Job' ]; then
		if [ ! -d "$units/$2" ]; then
			printf 'LoadState=not-found\nActiveState=inactive\nSubState=dead\nJob=\n'
			exit 0
		fi
		state='inactive dead'
		[ ! -e "$units/$2/active" ] || state='active running'
		[ ! -e "$units/$2/state" ] || state=$(cat "$units/$2/state")
		printf 'LoadState=loaded\nActiveState=%s\nSubState=%s\nNRestarts=0\nJob=\n' $state
		exit 0
	fi
	[ "$1" = '--property=LoadState,ActiveState,UnitFileState,KillMode' ] || exit 64
	if [ ! -d "$units/$2" ]; then
		printf 'LoadState=not-found\nActiveState=inactive\nUnitFileState=\nKillMode=control-group\n'
		exit 0
	fi
	[ -e "$units/$2/active" ] && active=active || active=inactive
	[ ! -e "$units/$2/state" ] || active=$(cut -d ' ' -f 1 "$units/$2/state")
	[ -e "$units/$2/enabled" ] && enabled=enabled || enabled=disabled
	printf 'LoadState=loaded\nActiveState=%s\nUnitFileState=%s\nKillMode=%s\n' $active $enabled "$(cat "$units/$2/mode")"
	;;
enable | disable | start | stop | restart)
	[ -d "$units/$1" ] || { echo "Unit $1 not found." >&2; exit 5; }
	echo "$verb $1" >> "$units/orders"
	[ ! -e "$units/$1/refuse-$verb" ] || { echo "Job for $1 failed." >&2; exit 1; }
	case $verb in
	enable) : > "$units/$1/enabled" ;;
	disable) rm -f "$units/$1/enabled" ;;
	stop) rm -f "$units/$1/active" "$units/$1/state" ;;
	*) rm -f "$units/$1/state"; : > "$units/$1/active" ;;
	esac
	;;
*) echo "Unknown command verb $verb." >&2; exit 64 ;;
esac
