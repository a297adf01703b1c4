"""Creates and destroys N hosts on one Linux bridge with Mininet; prints {"create": s, "destroy": s} on the last line."""
import json
import sys
import time

from mininet.log import setLogLevel
from mininet.net import Mininet
from mininet.nodelib import LinuxBridge

setLogLevel("error")
hosts = int(sys.argv[1])
started = time.time()
net = Mininet(switch=LinuxBridge, controller=None, ipBase="10.0.0.0/16")
bridge = net.addSwitch("s1")
for number in range(1, hosts + 1):
    net.addLink(net.addHost(f"h{number}"), bridge)
net.start()
stands = time.time()
net.stop()
print(json.dumps({"create": stands - started, "destroy": time.time() - stands}))
