using System.Globalization;
using System.Text;

namespace TradingPlatform.Video;

/// <summary>One frame in 4:2:0: a plane of light and two of colour, each of a quarter of its size.</summary>
internal sealed record Frame(int Width, int Height, byte[] Y, byte[] U, byte[] V)
{
    public static Frame Blank(int width, int height)
        => new(width, height, new byte[width * height], new byte[width / 2 * (height / 2)], new byte[width / 2 * (height / 2)]);

    /// <summary>A smaller frame: each of its points is the mean of the points that it stands for.</summary>
    public Frame Scale(int factor)
    {
        var (width, height) = (Width / factor / 2 * 2, Height / factor / 2 * 2);
        return new Frame(width, height, Scale(Y, Width, width, height, factor), Scale(U, Width / 2, width / 2, height / 2, factor), Scale(V, Width / 2, width / 2, height / 2, factor));
    }

    private static byte[] Scale(byte[] plane, int stride, int width, int height, int factor)
    {
        var scaled = new byte[width * height];
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var sum = 0;
                for (var y = 0; y < factor; y++)
                {
                    for (var x = 0; x < factor; x++)
                    {
                        sum += plane[(((row * factor) + y) * stride) + (column * factor) + x];
                    }
                }

                scaled[(row * width) + column] = (byte)(sum / (factor * factor));
            }
        }

        return scaled;
    }
}

/// <summary>Reads and writes YUV4MPEG2 files (Y4M): a line of text that describes the stream, then the raw planes of each frame.</summary>
internal static class Y4m
{
    private const string Magic = "YUV4MPEG2";
    private const string FrameLine = "FRAME";

    /// <summary>Writes a file of moving shades; the same size and count give the same file.</summary>
    public static async Task GenerateAsync(string path, int width, int height, int frames, CancellationToken cancellationToken)
    {
        await using var file = File.Create(path);
        await WriteHeaderAsync(file, width, height, cancellationToken);
        var frame = Frame.Blank(width, height);
        for (var number = 0; number < frames; number++)
        {
            for (var point = 0; point < frame.Y.Length; point++)
            {
                frame.Y[point] = (byte)((point % width) + (point / width) + (3 * number));
            }

            Array.Fill(frame.U, (byte)(128 + number));
            Array.Fill(frame.V, (byte)(128 - number));
            await WriteFrameAsync(file, frame, cancellationToken);
        }
    }

    public static async Task<(int Width, int Height)> ReadHeaderAsync(Stream stream, CancellationToken cancellationToken)
    {
        var words = (await ReadLineAsync(stream, cancellationToken) ?? "").Split(' ');
        var (width, height) = (0, 0);
        foreach (var word in words.Skip(1))
        {
            _ = word[0] == 'W' && int.TryParse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out width);
            _ = word[0] == 'H' && int.TryParse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out height);
        }

        return words[0] == Magic && width > 0 && height > 0 ? (width, height) : throw new InvalidDataException("The file is no YUV4MPEG2 stream.");
    }

    /// <returns>Null at the end.</returns>
    public static async Task<Frame?> ReadFrameAsync(Stream stream, int width, int height, CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(stream, cancellationToken) is not { } line)
        {
            return null;
        }

        if (!line.StartsWith(FrameLine, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"A frame begins with '{line}'.");
        }

        var frame = Frame.Blank(width, height);
        await stream.ReadExactlyAsync(frame.Y, cancellationToken);
        await stream.ReadExactlyAsync(frame.U, cancellationToken);
        await stream.ReadExactlyAsync(frame.V, cancellationToken);
        return frame;
    }

    public static ValueTask WriteHeaderAsync(Stream stream, int width, int height, CancellationToken cancellationToken)
        => stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Magic} W{width} H{height} F25:1 Ip A1:1 C420\n")), cancellationToken);

    public static async Task WriteFrameAsync(Stream stream, Frame frame, CancellationToken cancellationToken)
    {
        await stream.WriteAsync("FRAME\n"u8.ToArray(), cancellationToken);
        await stream.WriteAsync(frame.Y, cancellationToken);
        await stream.WriteAsync(frame.U, cancellationToken);
        await stream.WriteAsync(frame.V, cancellationToken);
    }

    private static async Task<string?> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) == 1)
        {
            if (one[0] == '\n')
            {
                return line.ToString();
            }

            line.Append((char)one[0]);
        }

        return null;
    }
}
