package dev.gra.grad.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gra.grad.api.Access;
import dev.gra.grad.audit.AuditLog;
import dev.gra.grad.runner.Owner;
import dev.gra.grad.runner.Subject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DoorTest {
  private final AtomicInteger looked = new AtomicInteger();
  private final Door door =
      new Door(
          new Access(
              _ -> {
                looked.incrementAndGet();
                return Optional.of(new Subject(new Owner("anna"), Set.of("admins")));
              },
              Optional.of("admins")),
          AuditLog.off());

  private Door.Answer from(String address) throws Exception {
    var peer = new InetSocketAddress(InetAddress.getByName(address), 1234);
    return door.answer(peer, Optional.of("Bearer token"), "/status");
  }

  @Test
  void who_comes_over_a_network_is_not_even_asked_for_a_token() throws Exception {
    for (String address : new String[] {"10.0.0.7", "192.168.1.1", "2001:db8::1", "0.0.0.0"}) {
      assertThat(from(address)).as(address).isInstanceOf(Door.NotHere.class);
    }
    assertThat(
            door.answer(UnixDomainSocketAddress.of("/s"), Optional.of("Bearer token"), "/status"))
        .isInstanceOf(Door.NotHere.class);
    assertThat(looked).hasValue(0);
  }

  @Test
  void this_machine_is_let_in() throws Exception {
    for (String address : new String[] {"127.0.0.1", "127.0.0.6", "::1"}) {
      assertThat(from(address)).isEqualTo(new Door.In(new Viewer(new Owner("anna"), true)));
    }
  }
}
