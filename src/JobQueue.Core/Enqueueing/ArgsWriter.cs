using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using JobQueue.Diagnostics;

namespace JobQueue.Enqueueing;

/// <summary>
/// Writes arguments as JSON, as the host's serialiser would, in a buffer that is used again: they are copied into a record at once. Safe to use from any thread.
/// </summary>
internal sealed class ArgsWriter(JobQueueOptions options)
{
    private const int MostKept = 64 * 1024;

    /// <summary>Not in use at the moment. One that is in use is not here: what is serialised may enqueue a job itself.</summary>
    private Scratch? _spare;

    /// <summary>Writes arguments; refuses what does not serialise or is too large.</summary>
    /// <param name="name">The handler.</param>
    /// <param name="argsType">The type to write the arguments as.</param>
    /// <param name="args">The arguments; null for none.</param>
    /// <param name="state">For <paramref name="use"/>.</param>
    /// <param name="use">Makes the answer of the bytes, which are not there any more after that.</param>
    public TAnswer Write<TState, TAnswer>(string name, Type argsType, object? args, TState state, Func<ReadOnlyMemory<byte>, TState, TAnswer> use)
    {
        if (args is null)
        {
            return use("{}"u8.ToArray(), state);
        }

        var scratch = Interlocked.Exchange(ref _spare, null) ?? new Scratch(options.SerializerOptions);
        try
        {
            Write(scratch, name, argsType, args);
            var bytes = scratch.Buffer.WrittenMemory;
            return bytes.Length <= options.MaxPayloadBytes ? use(bytes, state) : throw Errors.ArgsTooLarge(name, bytes.Length, options.MaxPayloadBytes);
        }
        finally
        {
            if (scratch.Buffer.Capacity <= MostKept)
            {
                scratch.Buffer.ResetWrittenCount();
                scratch.Writer.Reset(scratch.Buffer);
                Volatile.Write(ref _spare, scratch);
            }
        }
    }

    private void Write(Scratch scratch, string name, Type argsType, object args)
    {
        try
        {
            if (args is JsonElement json)
            {
                scratch.Writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(json), skipInputValidation: true); // JSON already: as it is, whatever types the host's serialiser knows.
            }
            else
            {
                JsonSerializer.Serialize(scratch.Writer, args, options.SerializerOptions.GetTypeInfo(argsType));
            }

            scratch.Writer.Flush();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A serialiser runs the caller's own converters and properties, so anything may come out of it.
            throw Errors.ArgsNotSerialisable(name, argsType, e);
        }
    }

    private sealed class Scratch
    {
        public Scratch(JsonSerializerOptions format)
        {
            Buffer = new ArrayBufferWriter<byte>(256);
            Writer = new Utf8JsonWriter(Buffer, new JsonWriterOptions
            {
                Encoder = format.Encoder,
                Indented = format.WriteIndented,
                IndentCharacter = format.IndentCharacter,
                IndentSize = format.IndentSize,
                MaxDepth = format.MaxDepth,
                NewLine = format.NewLine,
                SkipValidation = true,
            });
        }

        public ArrayBufferWriter<byte> Buffer { get; }

        public Utf8JsonWriter Writer { get; }
    }
}
