#!/bin/sh
# Process 1 of a guest.  Stage one (initrd, busybox): reach the host's root file system over 9p, lay
# a tmpfs over it, move there.  Stage two (the host's own bash): disk, network, NFS modules, the
# daemons that locks need, then run the commands that appear in the shared directory.  From the
# kernel's command line: SHARE, NUMBER, ADDRESS, MODULES, PROJECT, NEXT.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

if [ "$1" != stage2 ]; then
	b=/bin/busybox
	$b mount -t proc proc /proc
	$b mount -t sysfs sys /sys
	$b mount -t devtmpfs dev /dev
	while read -r module; do $b insmod "/modules/$module"; done < /modules/order
	$b mount -t 9p -o trans=virtio,version=9p2000.L,msize=1048576,cache=loose,ro host /host
	$b mount -t tmpfs tmpfs /run
	$b mkdir /run/upper /run/work /run/root
	$b mount -t overlay -o lowerdir=/host,upperdir=/run/upper,workdir=/run/work overlay /run/root
	for place in dev proc sys; do $b mount --move /$place /run/root/$place; done
	exec $b switch_root /run/root /bin/bash "$PROJECT/tests/kernel/guest_init.sh" stage2
fi

cd / || exit 1
mount -t tmpfs run /run
mkdir -p /run/lock /run/rpcbind /dev/shm /dev/pts /lib/modules /mnt /mnt2
mount -t tmpfs shm /dev/shm
mount -t devpts devpts /dev/pts
mkdir /below
mount --bind / /below
mount -t tmpfs tmp /tmp
if [ ! -e "$PROJECT" ]; then # it lies in the host's /tmp
	mkdir -p "$PROJECT"
	mount --bind "/below$PROJECT" "$PROJECT"
fi
for stream in 0:stdin 1:stdout 2:stderr; do
	ln -sfn "/proc/self/fd/${stream%:*}" "/dev/${stream#*:}"
done
ln -sfn /proc/self/fd /dev/fd
ln -sfn "$MODULES" "/lib/modules/$(uname -r)"
modprobe -a virtio_blk ext4
mkdir -p /disk
mount /dev/vda /disk
mkdir -p "$SHARE"
mount -t 9p -o trans=virtio,version=9p2000.L,msize=1048576,cache=none share "$SHARE"
hostname "client$NUMBER"
for device in /sys/class/net/*; do
	device=${device##*/}
	[ "$device" = lo ] || { ip addr add "$ADDRESS/24" dev "$device"; ip link set "$device" up; }
done
ip link set lo up
echo "127.0.0.1 localhost" > /etc/hosts
for i in 1 2 3 4 5 6 7 8 9; do echo "${ADDRESS%.*}.$((10 + i)) client$i" >> /etc/hosts; done
# Guests that boot alike have equal process ids at equal times since boot; of these two the client
# makes the verifier of an exclusive create, which must differ between clients.
i=0; while [ $i -lt $((NUMBER * 61)) ]; do /bin/true; i=$((i + 1)); done
modprobe -a sunrpc lockd nfs nfsv3 nfs_acl
# As Debian does it at each boot: whom to notify is remembered on the disk.
mkdir -p /disk/nfs/sm /disk/nfs/sm.bak
chown -R statd:nogroup /disk/nfs
mount --bind /disk/nfs /var/lib/nfs
rpcbind -w
rpc.statd --no-notify
sm-notify
export HOME=/root TERM=dumb LANG=C.UTF-8
here=$SHARE/guest$NUMBER
perform() {
	setsid bash "$here/$1.cmd" </dev/null >"$here/$1.out" 2>&1 9>&-
	echo $? > "$here/$1.new"
	mv "$here/$1.new" "$here/$1.status"
}
# Waiting on a pipe that nobody writes to costs an emulated processor far less than starting `sleep`.
mkfifo /run/tick
exec 9<>/run/tick
next=$NEXT
: > "$here/up"
while :; do
	if [ -e "$here/$next.cmd" ]; then
		perform $next &
		next=$((next + 1))
	else
		read -r -t 0.1 -u 9
	fi
done
