using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace JobQueue.Dashboard.Serving;

/// <summary>A file of the page in memory, as it is and compressed. Safe to use from any thread.</summary>
internal sealed class PageFile
{
    /// <summary>Nearly as small as can be, at a tenth of the time.</summary>
    private const int BrotliQuality = 9;

    private const int BrotliWindow = 22;

    private readonly Lazy<byte[]> _brotli;
    private readonly Lazy<byte[]> _gzip;

    public PageFile(byte[] content, string contentType, bool isImmutable)
    {
        (Content, ContentType, IsImmutable) = (content, contentType, isImmutable);
        Tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"");

        // By the first request that asks for it, and not by hosts whose dashboard nobody opens.
        _brotli = new Lazy<byte[]>(Brotli);
        _gzip = new Lazy<byte[]>(GZip);
    }

    public byte[] Content { get; }

    public string ContentType { get; }

    /// <summary>Whether its name is made from its content, so that what is under the name never changes.</summary>
    public bool IsImmutable { get; }

    public EntityTagHeaderValue Tag { get; }

    /// <summary>The content in the best encoding that the client takes.</summary>
    public (byte[] Bytes, string? Encoding) For(IList<StringWithQualityHeaderValue>? accepted)
        => Takes(accepted, "br") ? (_brotli.Value, "br") : Takes(accepted, "gzip") ? (_gzip.Value, "gzip") : (Content, null);

    private static bool Takes(IList<StringWithQualityHeaderValue>? accepted, string encoding)
        => accepted?.Any(value => value.Quality is not 0 && value.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase)) ?? false;

    private byte[] Brotli()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(Content.Length));
        try
        {
            return BrotliEncoder.TryCompress(Content, buffer, out var written, BrotliQuality, BrotliWindow) ? buffer[..written] : Content;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private byte[] GZip()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(Content);
        }

        return compressed.ToArray();
    }
}
