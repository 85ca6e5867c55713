using System.Text;

namespace JobQueue.SourceGeneration.Emitting;

/// <summary>Writes lines of code with their indentation; lines end in LF on every system.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _level;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            _text.Append(' ', _level * 4).Append(line);
        }

        _text.Append('\n');
    }

    public void Open(string head)
    {
        Line(head);
        Open();
    }

    public void Open()
    {
        Line("{");
        _level++;
    }

    public void Close(string end = "}")
    {
        _level--;
        Line(end);
    }

    /// <summary>Goes on one level deeper, for what belongs to the line above.</summary>
    public void Deeper(Action write)
    {
        _level++;
        write();
        _level--;
    }

    /// <summary>Blocks with an empty line between them.</summary>
    public void Separated<T>(IEnumerable<T> items, Action<T> write)
    {
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
            {
                Line();
            }

            isFirst = false;
            write(item);
        }
    }

    public override string ToString() => _text.ToString();
}
