import TraceModel

/// Which service and which process a resource describes.
enum ResourceIdentity {
    /// The service, empty when the resource does not name one.
    static func service(_ resource: [Attribute]) -> String { resource["service.name"]?.text ?? "" }

    /// The process, by the most stable of its names: the instance id, host and process id, container, pod.
    ///
    /// Empty when nothing names it: all of the service is then one process.
    static func instance(_ resource: [Attribute]) -> String {
        func text(_ key: String) -> String? {
            guard let text = resource[key]?.text, !text.isEmpty else { return nil }
            return text
        }
        if let id = text("service.instance.id") { return id }
        let host = text("host.name") ?? text("host.id")
        if let pid = text("process.pid") { return (host ?? "") + "#" + pid }
        return text("container.id") ?? text("k8s.pod.uid") ?? text("k8s.pod.name") ?? host ?? ""
    }
}
