package dev.gra.grad.api;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Protobuf files by name and by what they define, with all that they import. */
final class SchemaIndex {
  private final Map<String, FileDescriptor> files = new LinkedHashMap<>();
  private final Map<String, FileDescriptor> symbols = new LinkedHashMap<>();

  SchemaIndex(List<FileDescriptor> roots) {
    roots.forEach(this::add);
  }

  Optional<FileDescriptor> file(String name) {
    return Optional.ofNullable(files.get(name));
  }

  Optional<FileDescriptor> defining(String symbol) {
    return Optional.ofNullable(symbols.get(symbol));
  }

  /** A file and all that it imports, itself first. */
  static Set<FileDescriptor> closure(FileDescriptor file) {
    Set<FileDescriptor> all = new LinkedHashSet<>();
    collect(file, all);
    return all;
  }

  private static void collect(FileDescriptor file, Set<FileDescriptor> into) {
    if (into.add(file)) {
      file.getDependencies().forEach(dependency -> collect(dependency, into));
    }
  }

  private void add(FileDescriptor file) {
    if (files.putIfAbsent(file.getName(), file) != null) {
      return;
    }
    file.getDependencies().forEach(this::add);
    file.getMessageTypes().forEach(this::add);
    file.getEnumTypes().forEach(this::add);
    for (ServiceDescriptor service : file.getServices()) {
      symbols.put(service.getFullName(), file);
      for (MethodDescriptor method : service.getMethods()) {
        symbols.put(method.getFullName(), file);
      }
    }
  }

  private void add(Descriptor message) {
    symbols.put(message.getFullName(), message.getFile());
    message.getFields().forEach(field -> symbols.put(field.getFullName(), message.getFile()));
    message.getNestedTypes().forEach(this::add);
    message.getEnumTypes().forEach(this::add);
  }

  private void add(EnumDescriptor type) {
    symbols.put(type.getFullName(), type.getFile());
  }
}
