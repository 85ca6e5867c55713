using System.Text.Json;

namespace JobQueue;

/// <summary>One job of a bulk enqueue, and what an <see cref="IEnqueueMiddleware"/> sees of any.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class JobRequest
{
    private readonly Type? _argsType;
    private EnqueueOptions? _options;

    /// <summary>Describes a job.</summary>
    /// <param name="name">The handler's name.</param>
    /// <param name="args">The arguments, serialised by their run-time type; <see langword="null"/> for none.</param>
    public JobRequest(string name, object? args = null)
    {
        Name = name;
        Args = args;
    }

    /// <summary>The job of a typed call, which must be written as the type that was declared there.</summary>
    internal JobRequest(string name, object? args, Type argsType, EnqueueOptions? options)
    {
        Name = name;
        Args = args;
        _argsType = argsType;
        _options = options;
    }

    /// <summary>A copy, which has the bytes of the job it copies; to look at, they are an element.</summary>
    internal JobRequest(JobRecord source, EnqueueOptions options)
    {
        Name = source.Name;
        Args = ToElement(source.Args);
        Source = source;
        _options = options;
    }

    /// <summary>Describes a job whose arguments are written as a type that may be a base of theirs, as a typed enqueue does.</summary>
    /// <typeparam name="TArgs">The type to write them as.</typeparam>
    /// <param name="name">The handler's name.</param>
    /// <param name="args">The arguments.</param>
    /// <returns>The description.</returns>
    public static JobRequest Create<TArgs>(string name, TArgs args) => new(name, args, typeof(TArgs), options: null);

    /// <summary>The handler's name.</summary>
    public string Name { get; }

    /// <summary>The arguments; <see langword="null"/> for none.</summary>
    public object? Args { get; }

    /// <summary>How the job is to run.</summary>
    public EnqueueOptions Options => _options ??= new();

    /// <summary>As <see cref="Options"/>, to be read only.</summary>
    internal EnqueueOptions OptionsToRead => _options ?? EnqueueOptions.None;

    internal Type ArgsType => _argsType ?? Args?.GetType() ?? typeof(object);

    internal JobRecord? Source { get; }

    /// <summary>The id it had when it was last sent; null before.</summary>
    internal JobId? StoredAs { get; set; }

    private static JsonElement ToElement(ReadOnlyMemory<byte> args)
    {
        using var document = JsonDocument.Parse(args, new JsonDocumentOptions { MaxDepth = 128 });
        return document.RootElement.Clone();
    }
}
