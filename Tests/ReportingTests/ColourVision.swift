import Foundation

/// How people see: with all cones, or without those of one kind (Machado, Oliveira and Fernandes 2009, severity 1).
enum ColourVision: CaseIterable {
    case all
    case protanopia
    case deuteranopia
    case tritanopia

    private var matrix: [[Double]] {
        switch self {
        case .all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        case .protanopia:
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        case .deuteranopia:
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        case .tritanopia:
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
        }
    }

    /// A hundred times the distance in OKLab of two colours (`rrggbb`) as this vision sees them.
    func distance(_ a: String, _ b: String) -> Double {
        let (x, y) = (lab(a), lab(b))
        return 100 * zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    private func lab(_ hex: String) -> [Double] {
        let light = Self.linear(hex)
        let seen = Self.product(matrix, light).map { min(1, max(0, $0)) }
        let cones = Self.product(
            [
                [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ],
            seen
        )
        return Self.product(
            [
                [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ],
            cones.map(cbrt)
        )
    }

    /// Red, green and blue (`rrggbb`) as shares of light: sRGB without its curve.
    static func linear(_ hex: String) -> [Double] {
        let value = Int(hex, radix: 16) ?? 0
        return [value >> 16 & 255, value >> 8 & 255, value & 255].map { part in
            let level = Double(part) / 255
            return level <= 0.04045 ? level / 12.92 : pow((level + 0.055) / 1.055, 2.4)
        }
    }

    private static func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
        matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }
}
