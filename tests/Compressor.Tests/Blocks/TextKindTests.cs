using System.Globalization;
using System.Text;
using Compressor.Blocks.Kinds;

namespace Compressor.Tests.Blocks;

public class TextKindTests
{
    /// <summary>Sentences of several languages; a text is made of some of them in random order.</summary>
    private static readonly (TextKind Kind, string[] Parts)[] Languages =
    [
        (TextKind.English,
        [
            "When the rain had stopped, she went down to the river with her brother and looked for the boat that they had left there. ",
            "It was not the first time that he had been asked to explain what had happened to the money. ",
            "\"I would rather not,\" said the old man, \"but if you must know, it was in the year of the great frost.\"\n\n",
            "The committee met on Tuesday to discuss the proposal, which had been sent to all of its members in March.\n",
            "You can change this setting at any time; if the file does not exist, it will be made for you.\n\n",
            "No one in the village could remember a winter as long as that one, or a spring that came so late. ",
        ]),
        (TextKind.Chinese,
        [
            "天下大势，分久必合，合久必分。", "他站在门口，看着远处的山，一句话也没有说。\n", "如果文件不存在，程序会自动创建一个新的文件。",
            "学而时习之，不亦说乎？有朋自远方来，不亦乐乎？\n", "这个参数表示每次读取的最大字节数，默认值为 4096。\n\n", "春天来了，花园里的花都开了。",
        ]),
        (TextKind.OtherLanguage,
        [
            "Als der Regen aufgehört hatte, ging sie mit ihrem Bruder zum Fluss hinunter und suchte das Boot. ",
            "Es ist nicht das erste Mal, dass er gefragt wird, was mit dem Geld geschehen ist. ",
            "Wenn die Datei nicht vorhanden ist, wird sie für Sie angelegt.\n", "Die Sitzung findet am Dienstag statt, und alle Mitglieder sind eingeladen.\n\n",
        ]),
        (TextKind.OtherLanguage,
        [
            "Quand la pluie eut cessé, elle descendit vers la rivière avec son frère pour chercher le bateau. ",
            "Ce n'est pas la première fois qu'on lui demande ce qui est arrivé à cet argent. ",
            "Si le fichier n'existe pas, il sera créé pour vous.\n", "Les membres du comité se sont réunis mardi dans une salle de la mairie.\n\n",
        ]),
        (TextKind.OtherLanguage,
        [
            "Cuando dejó de llover, bajó al río con su hermano para buscar la barca que habían dejado allí. ",
            "No es la primera vez que le preguntan qué pasó con el dinero. ", "Si el archivo no existe, se creará para usted.\n",
            "Los miembros del comité se reunieron el martes para hablar de la propuesta.\n\n",
        ]),
        (TextKind.OtherLanguage,
        [
            "Quando a chuva parou, ela desceu até o rio com o irmão para procurar o barco. ", "Não é a primeira vez que lhe perguntam o que aconteceu com o dinheiro. ",
            "Se o arquivo não existir, ele será criado para você.\n", "Os membros da comissão se reuniram na terça-feira.\n\n",
        ]),
        (TextKind.OtherLanguage,
        [
            "Когда дождь кончился, она пошла с братом к реке искать лодку. ", "Не в первый раз его спрашивают, куда делись деньги. ",
            "Если файла нет, он будет создан.\n", "Комитет собрался во вторник, чтобы обсудить предложение.\n\n",
        ]),
        (TextKind.OtherLanguage,
        [
            "雨がやんだとき、彼女は弟と一緒に川へ降りて、置いてきた舟を探した。", "お金がどうなったのかと聞かれるのは、これが初めてではなかった。\n",
            "ファイルが存在しない場合は、自動的に作成されます。", "委員会は火曜日に集まり、提案について話し合った。\n",
        ]),
        (TextKind.OtherLanguage,
        [
            "비가 그치자 그녀는 남동생과 함께 강으로 내려가 배를 찾았다. ", "파일이 없으면 자동으로 만들어집니다.\n", "위원회는 화요일에 모여 제안을 논의했다. ", "그 돈이 어떻게 되었는지 묻는 것은 처음이 아니었다.\n",
        ]),
        (TextKind.OtherLanguage,
        [
            "Όταν σταμάτησε η βροχή, κατέβηκε με τον αδελφό της στο ποτάμι. ", "Αν το αρχείο δεν υπάρχει, θα δημιουργηθεί.\n", "Η επιτροπή συνεδρίασε την Τρίτη. ", "Δεν ήταν η πρώτη φορά που τον ρωτούσαν για τα χρήματα.\n",
        ]),
    ];

    /// <summary>Pieces of code, markup and data: {0} stands for a name, {1} for a number.</summary>
    private static readonly (TextKind Kind, string[] Parts)[] Formats =
    [
        (TextKind.Code,
        [
            "    public int {0}(int value)\n    {{\n        if (value < {1})\n            throw new ArgumentException(nameof(value));\n        return value * {1};\n    }}\n\n",
            "    /// <summary>The length of the {0}.</summary>\n    private readonly int _{0};\n\n", "        for (int i = 0; i < {0}.Length; i++)\n            sum += {0}[i];\n",
            "    internal static bool Is{0}(string text) => text.Length > {1} && text[0] == 'x';\n\n",
        ]),
        (TextKind.Code,
        [
            "def {0}(self, value):\n    \"\"\"Returns the {0} of a value.\"\"\"\n    if value is None:\n        return {1}\n    return self._{0}[value]\n\n",
            "class {0}(Base):\n    size = {1}\n\n    def __init__(self):\n        super().__init__()\n        self.{0} = []\n\n", "for key, value in {0}.items():\n    print(key, value)\n\n",
            "from {0} import read, write\n", "    assert len({0}) == {1}\n",
        ]),
        (TextKind.Code,
        [
            "static int {0}(const char *text, size_t length)\n{{\n    for (size_t i = 0; i < length; i++) {{\n        if (text[i] == '\\n')\n            return -{1};\n    }}\n    return 0;\n}}\n\n",
            "#define {0} {1}\n", "struct {0} {{\n    unsigned char data[{1}];\n    struct {0} *next;\n}};\n\n", "    free({0});\n    {0} = NULL;\n", "#include \"{0}.h\"\n",
        ]),
        (TextKind.Code,
        [
            "export function {0}(options) {{\n  const list = options.items || [];\n  return list.filter(item => item.size > {1});\n}}\n\n", "const {0} = require('./{0}');\n",
            "  it('has a {0}', async () => {{\n    const result = await load({1});\n    expect(result.{0}).toBe(true);\n  }});\n\n", "if (!{0}) {{\n  throw new Error('no {0}');\n}}\n",
        ]),
        (TextKind.Code,
        [
            "func (s *server) {0}(ctx context.Context) error {{\n\tif err := s.open(ctx, {1}); err != nil {{\n\t\treturn err\n\t}}\n\treturn nil\n}}\n\n", "type {0} struct {{\n\tname string\n\tsize int\n}}\n\n",
            "\tfor i := range {0} {{\n\t\tdefer wg.Done()\n\t}}\n", "var {0} = map[string]int{{\"a\": {1}}}\n",
        ]),
        (TextKind.Markup,
        [
            "<div class=\"{0}\">\n  <p>Some <b>words</b> and a <a href=\"/{0}/{1}\">link</a>.</p>\n</div>\n", "<ul id=\"{0}\">\n  <li><span>{1}</span></li>\n  <li><em>{0}</em></li>\n</ul>\n",
            "<img src=\"{0}.png\" alt=\"a picture\" width=\"{1}\">\n", "<table><tr><td>{0}</td><td>{1}</td></tr></table>\n",
        ]),
        (TextKind.Markup,
        [
            "  <item id=\"{1}\">\n    <title>{0}</title>\n    <price currency=\"EUR\">{1}</price>\n  </item>\n", "  <!-- {0} -->\n", "  <entry name=\"{0}\" value=\"{1}\" />\n",
            "  <group>\n    <member>{0}</member>\n    <member>{1}</member>\n  </group>\n",
        ]),
        (TextKind.Data,
        [
            "  {{\n    \"id\": {1},\n    \"name\": \"{0}\",\n    \"tags\": [\"a\", \"b\"],\n    \"active\": true\n  }},\n", "  {{\"x\": {1}, \"y\": {1}, \"label\": \"{0}\"}},\n",
            "  {{\n    \"url\": \"https://example.org/{0}/{1}\",\n    \"size\": {1},\n    \"owner\": {{\"login\": \"{0}\", \"id\": {1}}}\n  }},\n",
        ]),
        (TextKind.Data, ["2024-03-1{1},{0},{1}.5,{1},\n", "2024-03-1{1},{0},{1}.25,{1}7,ok\n", "2023-12-0{1},{0},1{1}.5,3{1},ok\n"]),
        (TextKind.Data,
        [
            "[2024-03-11 10:0{1}:17,12{1}] INFO {0}: connection {1} opened (10.0.0.{1})\n", "[2024-03-11 10:0{1}:19,44{1}] WARN {0}: retry {1} after 250 ms\n",
            "[2024-03-11 10:1{1}:00,00{1}] INFO {0}: connection {1} closed (10.0.0.{1})\n",
        ]),
    ];

    private static readonly string[] Names = ["buffer", "node", "parser", "window", "index", "token", "stream", "color", "user", "path"];

    public static TheoryData<int> Seeds => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void TheRightKindIsFoundInTextsOfAllKinds(int seed)
    {
        int all = 0, candidate = 0;
        var wrong = new StringBuilder();
        foreach (var (kind, parts) in Languages.Concat(Formats))
        {
            foreach (var length in (ReadOnlySpan<int>)[1500, 6000, 60_000])
            {
                var found = TextKindClassifier.Classify(Text(parts, length, seed));
                all++;
                if (found.First == kind || found.Second == kind)
                    candidate++;
                else
                    wrong.AppendLine(CultureInfo.InvariantCulture, $"{kind}, {length} bytes, taken for {found}: {parts[0]}");
            }
        }

        Assert.True(candidate >= all * 0.98, wrong.ToString());
    }

    [Fact]
    public void WhatIsNoTextIsNamed()
    {
        Assert.Equal(TextKind.NotText, TextKindClassifier.Classify([]).First);
        Assert.Equal(TextKind.NotText, TextKindClassifier.Classify(SampleBytes.Random(20_000)).First);
        var text = string.Concat(Languages[0].Parts);
        Assert.Equal(TextKind.NotText, TextKindClassifier.Classify(Encoding.Unicode.GetBytes(text)).First);
        Assert.Equal(TextKind.English, TextKindClassifier.Classify(Encoding.UTF8.GetBytes(text)).First);
    }

    [Fact]
    public void AFewStrangeBytesMakeNoTextBinary()
    {
        var text = Text(Languages[0].Parts, 5000, 1);
        for (var i = 0; i < text.Length; i += 200)
            text[i] = 0xE9; // Latin-1
        Assert.Equal(TextKind.English, TextKindClassifier.Classify(text).First);
    }

    [Fact]
    public void ALicenceAtTheBeginningDecidesNothing()
    {
        byte[] content = [.. Text(Languages[0].Parts, 4000, 1), .. Text(Formats[0].Parts, 60_000, 1)];
        Assert.Equal(TextKind.Code, TextKindClassifier.Classify(content).First);
    }

    [Fact]
    public void ASampleHasWholeCharacters()
    {
        foreach (var offset in (ReadOnlySpan<int>)[0, 1, 2, 3])
        {
            byte[] content = [.. "abc"u8[..offset], .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("漢字😀é", 4000)))];
            Assert.DoesNotContain('\uFFFD', TextSample.Of(content));
        }

        Assert.InRange(TextSample.Of(new byte[1_000_000]).Length, 1, TextSample.Pieces * (TextSample.PieceLength + 1));
    }

    [Fact]
    public void AnythingIsClassified()
    {
        // Every length around the edges of the sample, of content that is no UTF-8.
        for (var length = 1; length < 20; length++)
            TextKindClassifier.Classify(SampleBytes.Random(length));
        var continuations = new byte[TextSample.Pieces * TextSample.PieceLength + 1];
        continuations.AsSpan().Fill(0x80);
        Assert.Equal(TextKind.NotText, TextKindClassifier.Classify(continuations).First);
    }

    private static byte[] Text(string[] parts, int length, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        while (text.Length < length)
        {
            var part = parts[random.Next(parts.Length)];
            text.Append(part.Contains("{0}", StringComparison.Ordinal) || part.Contains("{{", StringComparison.Ordinal)
                ? string.Format(CultureInfo.InvariantCulture, part, Names[random.Next(Names.Length)], random.Next(10))
                : part);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
