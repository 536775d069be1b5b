#!/bin/sh
# Stands for systemctl where systemd does not run: a unit is a folder with the files `active` and `enabled`. What it
# does not know is an error. What was ordered is written down.
set -eu
units=$(cat /etc/test-units)
case $1 in --no-ask-password) shift ;; esac
verb=$1
shift
case $verb in
show)
	[ "$1" = '--property=LoadState,ActiveState,UnitFileState,KillMode' ] || exit 64
	if [ ! -d "$units/$2" ]; then
		printf 'LoadState=not-found\nActiveState=inactive\nUnitFileState=\nKillMode=control-group\n'
		exit 0
	fi
	[ -e "$units/$2/active" ] && active=active || active=inactive
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
	stop) rm -f "$units/$1/active" ;;
	*) : > "$units/$1/active" ;;
	esac
	;;
is-active) exit 3 ;;
*) echo "Unknown command verb $verb." >&2; exit 64 ;;
esac
